// Linear regression, intercepts and slopes from two normal distributions that
// are learned. Mixed: intercepts centred, slopes non-centred.
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
  real<lower=0> sigma_y_scale;      // prior of sigma_y
}
parameters {
  real mu_alpha;              // mean of the intercepts
  real<lower=0> sigma_alpha;  // their standard deviation
  vector[n_groups] alpha;     // intercepts
  real mu_beta;               // mean of the slopes
  real<lower=0> sigma_beta;   // their standard deviation
  vector[n_groups] beta_raw;  // their deviations, in units of sigma_beta
  real<lower=0> sigma_y;      // residual standard deviation
}
transformed parameters {
  vector[n_groups] beta = mu_beta + sigma_beta * beta_raw;  // slopes
}
model {
  mu_alpha ~ normal(mu_alpha_mean, mu_alpha_scale);
  sigma_alpha ~ normal(0, sigma_alpha_scale);  // half-normal
  alpha ~ normal(mu_alpha, sigma_alpha);
  mu_beta ~ normal(mu_beta_mean, mu_beta_scale);
  sigma_beta ~ normal(0, sigma_beta_scale);
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
  vector[n_groups] prior_alpha
    = to_vector(normal_rng(rep_vector(prior_mu_alpha, n_groups),
                           prior_sigma_alpha));
  real prior_mu_beta = normal_rng(mu_beta_mean, mu_beta_scale);
  real prior_sigma_beta = sqrt(square(normal_rng(0, sigma_beta_scale)));
  vector[n_groups] prior_beta_raw
    = to_vector(normal_rng(rep_vector(0, n_groups), 1));
  vector[n_groups] prior_beta
    = prior_mu_beta + prior_sigma_beta * prior_beta_raw;
  real prior_sigma_y = sqrt(square(normal_rng(0, sigma_y_scale)));
  array[n_observations] real prior_y
    = normal_rng(prior_alpha[group] + prior_beta[group] .* x, prior_sigma_y);
  for (i in 1 : n_observations) {
    real mean_y = alpha[group[i]] + beta[group[i]] * x[i];
    log_lik[i] = normal_lpdf(y[i] | mean_y, sigma_y);
  }
}
