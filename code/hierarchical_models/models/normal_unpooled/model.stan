// Estimates with known standard errors, an effect for each group, unrelated to the others.
data {
  int<lower=1> n_groups;
  vector[n_groups] y;               // estimates
  vector<lower=0>[n_groups] sigma;  // their standard errors
  real theta_mean;                  // prior of each theta
  real<lower=0> theta_scale;        // infinite for a flat prior
}
parameters {
  vector[n_groups] theta;  // effects
}
model {
  if (!is_inf(theta_scale)) {
    theta ~ normal(theta_mean, theta_scale);
  }
  y ~ normal(theta, sigma);
}
generated quantities {
  vector[n_groups] log_lik;
  array[n_groups] real y_rep = normal_rng(theta, sigma);
  // a flat prior cannot be drawn from
  vector[n_groups] prior_theta = rep_vector(not_a_number(), n_groups);
  array[n_groups] real prior_y = rep_array(not_a_number(), n_groups);
  for (j in 1 : n_groups) {
    log_lik[j] = normal_lpdf(y[j] | theta[j], sigma[j]);
  }
  if (!is_inf(theta_scale)) {
    for (j in 1 : n_groups) {
      prior_theta[j] = normal_rng(theta_mean, theta_scale);
    }
    prior_y = normal_rng(prior_theta, sigma);
  }
}
