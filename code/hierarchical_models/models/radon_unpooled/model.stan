// Linear regression, an intercept for each group, unrelated to the others,
// and one slope.
data {
  int<lower=1> n_observations;
  int<lower=1> n_groups;
  vector[n_observations] y;                                  // outcome
  vector[n_observations] x;                                  // predictor
  array[n_observations] int<lower=1, upper=n_groups> group;  // of each y
  real alpha_mean;              // prior of each alpha
  real<lower=0> alpha_scale;
  real beta_mean;               // prior of beta
  real<lower=0> beta_scale;
  real<lower=0> sigma_y_scale;  // prior of sigma_y
}
parameters {
  vector[n_groups] alpha;  // intercepts
  real beta;               // slope
  real<lower=0> sigma_y;   // residual standard deviation
}
model {
  alpha ~ normal(alpha_mean, alpha_scale);
  beta ~ normal(beta_mean, beta_scale);
  sigma_y ~ normal(0, sigma_y_scale);  // half-normal
  y ~ normal(alpha[group] + beta * x, sigma_y);
}
generated quantities {
  vector[n_observations] log_lik;
  array[n_observations] real y_rep
    = normal_rng(alpha[group] + beta * x, sigma_y);
  vector[n_groups] prior_alpha
    = to_vector(normal_rng(rep_vector(alpha_mean, n_groups), alpha_scale));
  real prior_beta = normal_rng(beta_mean, beta_scale);
  real prior_sigma_y = sqrt(square(normal_rng(0, sigma_y_scale)));
  array[n_observations] real prior_y
    = normal_rng(prior_alpha[group] + prior_beta * x, prior_sigma_y);
  for (i in 1 : n_observations) {
    log_lik[i] = normal_lpdf(y[i] | alpha[group[i]] + beta * x[i], sigma_y);
  }
}
