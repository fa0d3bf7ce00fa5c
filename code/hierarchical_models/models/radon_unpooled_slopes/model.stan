// Linear regression, an intercept and a slope for each group, unrelated to
// those of the others.
data {
  int<lower=1> n_observations;
  int<lower=1> n_groups;
  vector[n_observations] y;                                  // outcome
  vector[n_observations] x;                                  // predictor
  array[n_observations] int<lower=1, upper=n_groups> group;  // of each y
  real alpha_mean;              // prior of each alpha
  real<lower=0> alpha_scale;
  real beta_mean;               // prior of each beta
  real<lower=0> beta_scale;
  real<lower=0> sigma_y_scale;  // prior of sigma_y
}
parameters {
  vector[n_groups] alpha;  // intercepts
  vector[n_groups] beta;   // slopes
  real<lower=0> sigma_y;   // residual standard deviation
}
model {
  alpha ~ normal(alpha_mean, alpha_scale);
  beta ~ normal(beta_mean, beta_scale);
  sigma_y ~ normal(0, sigma_y_scale);  // half-normal
  y ~ normal(alpha[group] + beta[group] .* x, sigma_y);
}
generated quantities {
  vector[n_observations] log_lik;
  array[n_observations] real y_rep
    = normal_rng(alpha[group] + beta[group] .* x, sigma_y);
  vector[n_groups] prior_alpha
    = to_vector(normal_rng(rep_vector(alpha_mean, n_groups), alpha_scale));
  vector[n_groups] prior_beta
    = to_vector(normal_rng(rep_vector(beta_mean, n_groups), beta_scale));
  real prior_sigma_y = sqrt(square(normal_rng(0, sigma_y_scale)));
  array[n_observations] real prior_y
    = normal_rng(prior_alpha[group] + prior_beta[group] .* x, prior_sigma_y);
  for (i in 1 : n_observations) {
    real mean_y = alpha[group[i]] + beta[group[i]] * x[i];
    log_lik[i] = normal_lpdf(y[i] | mean_y, sigma_y);
  }
}
