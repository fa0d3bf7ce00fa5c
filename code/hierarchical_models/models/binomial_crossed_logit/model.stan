// Binomial outcomes in cells, log-odds of success from the effects of two
// factors, crossed or nested; non-centred.
data {
  int<lower=1> n_cells;
  int<lower=1> n_a_levels;
  int<lower=1> n_b_levels;
  array[n_cells] int<lower=1> n;           // trials
  array[n_cells] int<lower=0, upper=n> y;  // successes
  array[n_cells] int<lower=1, upper=n_a_levels> factor_a;  // levels of cells
  array[n_cells] int<lower=1, upper=n_b_levels> factor_b;
  real intercept_mean;                     // prior of intercept
  real<lower=0> intercept_scale;
  real<lower=0> sigma_a_scale;             // prior of sigma_a
  real<lower=0> sigma_b_scale;             // prior of sigma_b
}
parameters {
  real intercept_adj;        // log-odds, averaged over the levels
  real<lower=0> sigma_a;     // standard deviation of the factors' effects
  real<lower=0> sigma_b;
  vector[n_a_levels] a_raw;  // effects, in units of sigma_a
  vector[n_b_levels] b_raw;  // effects, in units of sigma_b
}
transformed parameters {
  vector[n_a_levels] a = sigma_a * a_raw;  // effects, in log-odds
  vector[n_b_levels] b = sigma_b * b_raw;
  // log-odds at a typical level of both factors, and of success in each cell
  real intercept = intercept_adj - mean(a) - mean(b);
  vector[n_cells] eta = intercept + a[factor_a] + b[factor_b];
}
model {
  // no Jacobian: intercept moves one for one with intercept_adj
  intercept ~ normal(intercept_mean, intercept_scale);
  sigma_a ~ normal(0, sigma_a_scale);  // half-normal, as for sigma_b
  sigma_b ~ normal(0, sigma_b_scale);
  a_raw ~ std_normal();
  b_raw ~ std_normal();
  y ~ binomial_logit(n, eta);
}
generated quantities {
  vector[n_a_levels] a_adj = a - mean(a);  // effects against their average
  vector[n_b_levels] b_adj = b - mean(b);
  vector[n_cells] theta = inv_logit(eta);  // probability of success
  vector[n_cells] log_lik;
  array[n_cells] int y_rep = binomial_rng(n, theta);
  real prior_intercept = normal_rng(intercept_mean, intercept_scale);
  real prior_sigma_a = sqrt(square(normal_rng(0, sigma_a_scale)));
  real prior_sigma_b = sqrt(square(normal_rng(0, sigma_b_scale)));
  vector[n_a_levels] prior_a_raw
    = to_vector(normal_rng(rep_vector(0, n_a_levels), 1));
  vector[n_b_levels] prior_b_raw
    = to_vector(normal_rng(rep_vector(0, n_b_levels), 1));
  vector[n_a_levels] prior_a = prior_sigma_a * prior_a_raw;
  vector[n_b_levels] prior_b = prior_sigma_b * prior_b_raw;
  real prior_intercept_adj = prior_intercept + mean(prior_a) + mean(prior_b);
  vector[n_a_levels] prior_a_adj = prior_a - mean(prior_a);
  vector[n_b_levels] prior_b_adj = prior_b - mean(prior_b);
  vector[n_cells] prior_theta
    = inv_logit(prior_intercept + prior_a[factor_a] + prior_b[factor_b]);
  array[n_cells] int prior_y = binomial_rng(n, prior_theta);
  for (i in 1 : n_cells) {
    log_lik[i] = binomial_logit_lpmf(y[i] | n[i], eta[i]);
  }
}
