// Linear regression, intercepts and slopes from one bivariate normal
// distribution that is learned. Non-centred: standard normal deviations are
// correlated by a Cholesky factor, scaled and shifted into alpha and beta.
data {
  int<lower=1> n_observations;
  int<lower=1> n_groups;
  vector[n_observations] y;                                  // outcome
  vector[n_observations] x;                                  // predictor
  array[n_observations] int<lower=1, upper=n_groups> group;  // of each y
  real mu_alpha_mean;               // prior of mu_alpha
  real<lower=0> mu_alpha_scale;
  real<lower=0> sigma_alpha_scale;  // prior of sigma_alpha
  real mu_beta_mean;                // prior of mu_beta
  real<lower=0> mu_beta_scale;
  real<lower=0> sigma_beta_scale;   // prior of sigma_beta
  real<lower=0> eta;                // prior of the correlation matrix
  real<lower=0> sigma_y_scale;      // prior of sigma_y
}
parameters {
  real mu_alpha;                // mean of the intercepts
  real<lower=0> sigma_alpha;    // their standard deviation
  real mu_beta;                 // mean of the slopes
  real<lower=0> sigma_beta;     // their standard deviation
  real<lower=-1, upper=1> rho;  // correlation of intercepts and slopes
  vector[n_groups] alpha_raw;   // deviations of the intercepts, standardised
  vector[n_groups] beta_raw;    // those of the slopes, less what rho explains
  real<lower=0> sigma_y;        // residual standard deviation
}
transformed parameters {
  // Cholesky factor of the correlation matrix
  cholesky_factor_corr[2] chol = [[1, 0], [rho, sqrt(1 - square(rho))]];
  vector[n_groups] alpha;  // intercepts
  vector[n_groups] beta;   // slopes
  {
    matrix[n_groups, 2] deviation = append_col(alpha_raw, beta_raw) * chol';
    alpha = mu_alpha + sigma_alpha * deviation[ : , 1];
    beta = mu_beta + sigma_beta * deviation[ : , 2];
  }
}
model {
  mu_alpha ~ normal(mu_alpha_mean, mu_alpha_scale);
  sigma_alpha ~ normal(0, sigma_alpha_scale);  // half-normal
  mu_beta ~ normal(mu_beta_mean, mu_beta_scale);
  sigma_beta ~ normal(0, sigma_beta_scale);
  // a density of rho, the only free element of chol: no Jacobian is due
  chol ~ lkj_corr_cholesky(eta);
  alpha_raw ~ std_normal();
  beta_raw ~ std_normal();
  sigma_y ~ normal(0, sigma_y_scale);
  y ~ normal(alpha[group] + beta[group] .* x, sigma_y);
}
generated quantities {
  vector[n_observations] log_lik;
  array[n_observations] real y_rep
    = normal_rng(alpha[group] + beta[group] .* x, sigma_y);
  real prior_mu_alpha = normal_rng(mu_alpha_mean, mu_alpha_scale);
  real prior_sigma_alpha = sqrt(square(normal_rng(0, sigma_alpha_scale)));
  real prior_mu_beta = normal_rng(mu_beta_mean, mu_beta_scale);
  real prior_sigma_beta = sqrt(square(normal_rng(0, sigma_beta_scale)));
  matrix[2, 2] prior_chol = lkj_corr_cholesky_rng(2, eta);
  real prior_rho = prior_chol[2, 1];
  vector[n_groups] prior_alpha_raw
    = to_vector(normal_rng(rep_vector(0, n_groups), 1));
  vector[n_groups] prior_beta_raw
    = to_vector(normal_rng(rep_vector(0, n_groups), 1));
  vector[n_groups] prior_alpha;
  vector[n_groups] prior_beta;
  real prior_sigma_y = sqrt(square(normal_rng(0, sigma_y_scale)));
  array[n_observations] real prior_y;
  {
    matrix[n_groups, 2] deviation
      = append_col(prior_alpha_raw, prior_beta_raw) * prior_chol';
    prior_alpha = prior_mu_alpha + prior_sigma_alpha * deviation[ : , 1];
    prior_beta = prior_mu_beta + prior_sigma_beta * deviation[ : , 2];
  }
  prior_y = normal_rng(prior_alpha[group] + prior_beta[group] .* x,
                       prior_sigma_y);
  for (i in 1 : n_observations) {
    real mean_y = alpha[group[i]] + beta[group[i]] * x[i];
    log_lik[i] = normal_lpdf(y[i] | mean_y, sigma_y);
  }
}
