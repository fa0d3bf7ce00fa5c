// Binomial outcomes, a probability of success for each group, unrelated to the others.
data {
  int<lower=1> n_groups;
  array[n_groups] int<lower=1> n;           // trials
  array[n_groups] int<lower=0, upper=n> y;  // successes
  real<lower=0> alpha;                      // prior of each theta
  real<lower=0> beta;
}
parameters {
  vector<lower=0, upper=1>[n_groups] theta;  // probability of success
}
model {
  theta ~ beta(alpha, beta);
  y ~ binomial(n, theta);
}
generated quantities {
  vector[n_groups] log_lik;
  array[n_groups] int y_rep = binomial_rng(n, theta);
  vector<lower=0, upper=1>[n_groups] prior_theta;
  array[n_groups] int prior_y;
  for (j in 1 : n_groups) {
    log_lik[j] = binomial_lpmf(y[j] | n[j], theta[j]);
    prior_theta[j] = beta_rng(alpha, beta);
  }
  prior_y = binomial_rng(n, prior_theta);
}
