// Estimates with known standard errors, one effect for all groups.
data {
  int<lower=1> n_groups;
  vector[n_groups] y;               // estimates
  vector<lower=0>[n_groups] sigma;  // their standard errors
  real mu_mean;                     // prior of mu
  real<lower=0> mu_scale;           // infinite for a flat prior
}
parameters {
  real mu;  // effect in every group
}
model {
  if (!is_inf(mu_scale)) {
    mu ~ normal(mu_mean, mu_scale);
  }
  y ~ normal(mu, sigma);
}
generated quantities {
  vector[n_groups] log_lik;
  array[n_groups] real y_rep = normal_rng(rep_vector(mu, n_groups), sigma);
  // a flat prior cannot be drawn from
  real prior_mu = is_inf(mu_scale) ? not_a_number() : normal_rng(mu_mean, mu_scale);
  array[n_groups] real prior_y = rep_array(not_a_number(), n_groups);
  for (j in 1 : n_groups) {
    log_lik[j] = normal_lpdf(y[j] | mu, sigma[j]);
  }
  if (!is_nan(prior_mu)) {
    prior_y = normal_rng(rep_vector(prior_mu, n_groups), sigma);
  }
}
