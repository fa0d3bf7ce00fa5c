// Student-t regression, one line for all groups.
data {
  int<lower=1> n_observations;
  vector[n_observations] y;  // outcome
  vector[n_observations] x;  // predictor
  real alpha_mean;              // prior of alpha
  real<lower=0> alpha_scale;
  real beta_mean;               // prior of beta
  real<lower=0> beta_scale;
  real<lower=0> sigma_y_scale;  // prior of sigma_y
  real<lower=0> nu_shape;       // prior of nu - 1
  real<lower=0> nu_rate;
}
parameters {
  real alpha;             // intercept
  real beta;              // slope
  real<lower=0> sigma_y;  // residual scale
  real<lower=1> nu;       // degrees of freedom; a mean exists above 1
}
model {
  alpha ~ normal(alpha_mean, alpha_scale);
  beta ~ normal(beta_mean, beta_scale);
  sigma_y ~ normal(0, sigma_y_scale);  // half-normal
  nu - 1 ~ gamma(nu_shape, nu_rate);
  y ~ student_t(nu, alpha + beta * x, sigma_y);
}
generated quantities {
  vector[n_observations] log_lik;
  array[n_observations] real y_rep
    = student_t_rng(nu, alpha + beta * x, sigma_y);
  real prior_alpha = normal_rng(alpha_mean, alpha_scale);
  real prior_beta = normal_rng(beta_mean, beta_scale);
  real prior_sigma_y = sqrt(square(normal_rng(0, sigma_y_scale)));
  real prior_nu = 1 + gamma_rng(nu_shape, nu_rate);
  array[n_observations] real prior_y
    = student_t_rng(prior_nu, prior_alpha + prior_beta * x, prior_sigma_y);
  for (i in 1 : n_observations) {
    log_lik[i] = student_t_lpdf(y[i] | nu, alpha + beta * x[i], sigma_y);
  }
}
