// Linear regression, one line for all groups.
data {
  int<lower=1> n_observations;
  vector[n_observations] y;  // outcome
  vector[n_observations] x;  // predictor
  real alpha_mean;              // prior of alpha
  real<lower=0> alpha_scale;
  real beta_mean;               // prior of beta
  real<lower=0> beta_scale;
  real<lower=0> sigma_y_scale;  // prior of sigma_y
}
parameters {
  real alpha;             // intercept
  real beta;              // slope
  real<lower=0> sigma_y;  // residual standard deviation
}
model {
  alpha ~ normal(alpha_mean, alpha_scale);
  beta ~ normal(beta_mean, beta_scale);
  sigma_y ~ normal(0, sigma_y_scale);  // half-normal
  y ~ normal(alpha + beta * x, sigma_y);
}
generated quantities {
  vector[n_observations] log_lik;
  array[n_observations] real y_rep = normal_rng(alpha + beta * x, sigma_y);
  real prior_alpha = normal_rng(alpha_mean, alpha_scale);
  real prior_beta = normal_rng(beta_mean, beta_scale);
  real prior_sigma_y = sqrt(square(normal_rng(0, sigma_y_scale)));
  array[n_observations] real prior_y
    = normal_rng(prior_alpha + prior_beta * x, prior_sigma_y);
  for (i in 1 : n_observations) {
    log_lik[i] = normal_lpdf(y[i] | alpha + beta * x[i], sigma_y);
  }
}
