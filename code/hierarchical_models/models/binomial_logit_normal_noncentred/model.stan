// Binomial outcomes, log-odds of success from one normal distribution that is
// learned. Non-centred: standard normal deviations eta_raw are scaled and
// shifted into eta.
data {
  int<lower=1> n_groups;
  array[n_groups] int<lower=1> n;           // trials
  array[n_groups] int<lower=0, upper=n> y;  // successes
  real mu_mean;                             // prior of mu
  real<lower=0> mu_scale;
  real<lower=0> sigma_scale;                // prior of sigma
}
parameters {
  real mu;                   // mean of the log-odds
  real<lower=0> sigma;       // their standard deviation
  vector[n_groups] eta_raw;  // deviations from mu, in units of sigma
}
transformed parameters {
  vector[n_groups] eta = mu + sigma * eta_raw;  // log-odds of success
}
model {
  mu ~ normal(mu_mean, mu_scale);
  sigma ~ normal(0, sigma_scale);  // half-normal, sigma being above 0
  eta_raw ~ std_normal();
  y ~ binomial_logit(n, eta);
}
generated quantities {
  vector[n_groups] theta = inv_logit(eta);  // probability of success
  vector[n_groups] log_lik;
  array[n_groups] int y_rep = binomial_rng(n, theta);
  real prior_mu = normal_rng(mu_mean, mu_scale);
  real prior_sigma = sqrt(square(normal_rng(0, sigma_scale)));
  vector[n_groups] prior_eta_raw
    = to_vector(normal_rng(rep_vector(0, n_groups), 1));
  vector[n_groups] prior_eta = prior_mu + prior_sigma * prior_eta_raw;
  vector[n_groups] prior_theta = inv_logit(prior_eta);
  array[n_groups] int prior_y = binomial_rng(n, prior_theta);
  for (j in 1 : n_groups) {
    log_lik[j] = binomial_logit_lpmf(y[j] | n[j], eta[j]);
  }
}
