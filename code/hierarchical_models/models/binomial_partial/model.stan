// Binomial outcomes, probabilities of success from one Beta distribution that is learned.
data {
  int<lower=1> n_groups;
  array[n_groups] int<lower=1> n;           // trials
  array[n_groups] int<lower=0, upper=n> y;  // successes
  real<lower=0> alpha_shape;                // prior of alpha
  real<lower=0> alpha_rate;
  real<lower=0> beta_shape;                 // prior of beta
  real<lower=0> beta_rate;
}
parameters {
  real<lower=0> alpha;                       // shapes of the groups' Beta distribution
  real<lower=0> beta;
  vector<lower=0, upper=1>[n_groups] theta;  // probability of success
}
model {
  alpha ~ gamma(alpha_shape, alpha_rate);
  beta ~ gamma(beta_shape, beta_rate);
  theta ~ beta(alpha, beta);
  y ~ binomial(n, theta);
}
generated quantities {
  real phi = alpha / (alpha + beta);  // mean of the groups' Beta distribution
  real kappa = alpha + beta;          // its concentration
  vector[n_groups] log_lik;
  array[n_groups] int y_rep = binomial_rng(n, theta);
  real prior_alpha = gamma_rng(alpha_shape, alpha_rate);
  real prior_beta = gamma_rng(beta_shape, beta_rate);
  real prior_phi = prior_alpha / (prior_alpha + prior_beta);
  real prior_kappa = prior_alpha + prior_beta;
  vector<lower=0, upper=1>[n_groups] prior_theta;
  array[n_groups] int prior_y;
  for (j in 1 : n_groups) {
    log_lik[j] = binomial_lpmf(y[j] | n[j], theta[j]);
    prior_theta[j] = beta_rng(prior_alpha, prior_beta);
  }
  prior_y = binomial_rng(n, prior_theta);
}
