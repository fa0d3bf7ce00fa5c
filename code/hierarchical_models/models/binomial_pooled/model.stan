// Binomial outcomes, one probability of success for all groups.
data {
  int<lower=1> n_groups;
  array[n_groups] int<lower=1> n;           // trials
  array[n_groups] int<lower=0, upper=n> y;  // successes
  real<lower=0> alpha;                      // prior of theta
  real<lower=0> beta;
}
parameters {
  real<lower=0, upper=1> theta;  // probability of success
}
model {
  theta ~ beta(alpha, beta);
  y ~ binomial(n, theta);
}
generated quantities {
  vector[n_groups] log_lik;
  array[n_groups] int y_rep = binomial_rng(n, theta);
  real prior_theta = beta_rng(alpha, beta);
  array[n_groups] int prior_y = binomial_rng(n, prior_theta);
  for (j in 1 : n_groups) {
    log_lik[j] = binomial_lpmf(y[j] | n[j], theta);
  }
}
