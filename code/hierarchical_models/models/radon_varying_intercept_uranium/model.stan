// Linear regression, intercepts from normal distributions around a line in u,
// and one slope. Non-centred: standard normal deviations alpha_raw are scaled
// and shifted into alpha.
data {
  int<lower=1> n_observations;
  int<lower=1> n_groups;
  vector[n_observations] y;                                  // outcome
  vector[n_observations] x;                                  // predictor
  array[n_observations] int<lower=1, upper=n_groups> group;  // of each y
  vector[n_groups] u;                                        // of each group
  real mu_alpha_mean;               // prior of mu_alpha
  real<lower=0> mu_alpha_scale;
  real gamma_mean;                  // prior of gamma
  real<lower=0> gamma_scale;
  real<lower=0> sigma_alpha_scale;  // prior of sigma_alpha
  real beta_mean;                   // prior of beta
  real<lower=0> beta_scale;
  real<lower=0> sigma_y_scale;      // prior of sigma_y
}
parameters {
  real mu_alpha;               // mean of the intercepts where u is 0
  real gamma;                  // its change with u
  real<lower=0> sigma_alpha;   // standard deviation around it
  vector[n_groups] alpha_raw;  // their deviations from it, in sigma_alphas
  real beta;                   // slope
  real<lower=0> sigma_y;       // residual standard deviation
}
transformed parameters {
  vector[n_groups] alpha  // intercepts
    = mu_alpha + gamma * u + sigma_alpha * alpha_raw;
}
model {
  mu_alpha ~ normal(mu_alpha_mean, mu_alpha_scale);
  gamma ~ normal(gamma_mean, gamma_scale);
  sigma_alpha ~ normal(0, sigma_alpha_scale);  // half-normal
  alpha_raw ~ std_normal();
  beta ~ normal(beta_mean, beta_scale);
  sigma_y ~ normal(0, sigma_y_scale);
  y ~ normal(alpha[group] + beta * x, sigma_y);
}
generated quantities {
  vector[n_observations] log_lik;
  array[n_observations] real y_rep
    = normal_rng(alpha[group] + beta * x, sigma_y);
  real prior_mu_alpha = normal_rng(mu_alpha_mean, mu_alpha_scale);
  real prior_gamma = normal_rng(gamma_mean, gamma_scale);
  real prior_sigma_alpha = sqrt(square(normal_rng(0, sigma_alpha_scale)));
  vector[n_groups] prior_alpha_raw
    = to_vector(normal_rng(rep_vector(0, n_groups), 1));
  vector[n_groups] prior_alpha = prior_mu_alpha + prior_gamma * u
                                 + prior_sigma_alpha * prior_alpha_raw;
  real prior_beta = normal_rng(beta_mean, beta_scale);
  real prior_sigma_y = sqrt(square(normal_rng(0, sigma_y_scale)));
  array[n_observations] real prior_y
    = normal_rng(prior_alpha[group] + prior_beta * x, prior_sigma_y);
  for (i in 1 : n_observations) {
    log_lik[i] = normal_lpdf(y[i] | alpha[group[i]] + beta * x[i], sigma_y);
  }
}
