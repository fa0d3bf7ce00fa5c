// Binomial outcomes, probabilities of success from one Beta distribution that
// is learned through its mean and its concentration.
//
// The sampler sees the log-odds of theta, standardised: given phi, kappa and
// y, theta[j] is Beta(alpha + y[j], beta + n[j] - y[j]), whose log-odds have
// nearly the mean and standard deviation below. So theta_raw is nearly
// standard normal whatever phi and kappa are, and there is no funnel where
// the groups are alike.
functions {
  // kappa, or the largest concentration whose density a double can hold
  real bounded(real kappa) {
    return fmin(kappa, 1e8);
  }
  // nearly the means of the log-odds, given phi, kappa and the data
  vector eta_locations(real phi, real kappa, vector successes,
                       vector failures) {
    return log(phi * bounded(kappa) + successes)
           - log((1 - phi) * bounded(kappa) + failures);
  }
  // nearly their standard deviations
  vector eta_scales(real phi, real kappa, vector successes, vector failures) {
    return sqrt(inv(phi * bounded(kappa) + successes)
                + inv((1 - phi) * bounded(kappa) + failures));
  }
  // log density of the log-odds of Beta variables, by mean and concentration
  real logit_beta_lpdf(vector eta, real phi, real kappa) {
    real alpha = phi * bounded(kappa);
    real beta = (1 - phi) * bounded(kappa);
    return alpha * sum(log_inv_logit(eta)) + beta * sum(log1m_inv_logit(eta))
           - num_elements(eta) * lbeta(alpha, beta);
  }
}
data {
  int<lower=1> n_groups;
  array[n_groups] int<lower=1> n;           // trials
  array[n_groups] int<lower=0, upper=n> y;  // successes
  real<lower=0> phi_alpha;                  // prior of phi
  real<lower=0> phi_beta;
  real<lower=0> kappa_min;                  // prior of kappa
  real<lower=0> kappa_shape;
}
transformed data {
  vector[n_groups] successes = to_vector(y);
  vector[n_groups] failures = to_vector(n) - successes;
}
parameters {
  real<lower=0, upper=1> phi;   // mean of the groups' Beta distribution
  real<lower=kappa_min> kappa;  // its concentration
  vector[n_groups] theta_raw;   // log-odds of success, standardised
}
transformed parameters {
  real alpha = phi * kappa;  // shapes of the groups' Beta distribution
  real beta = (1 - phi) * kappa;
  vector[n_groups] eta_scale = eta_scales(phi, kappa, successes, failures);
  vector[n_groups] eta = eta_locations(phi, kappa, successes, failures)
                         + eta_scale .* theta_raw;  // log-odds of success
}
model {
  phi ~ beta(phi_alpha, phi_beta);
  kappa ~ pareto(kappa_min, kappa_shape);
  eta ~ logit_beta(phi, kappa);   // theta ~ beta(alpha, beta), in log-odds
  target += sum(log(eta_scale));  // the Jacobian of eta for theta_raw
  y ~ binomial_logit(n, eta);
}
generated quantities {
  vector[n_groups] theta = inv_logit(eta);  // probability of success
  vector[n_groups] log_lik;
  array[n_groups] int y_rep = binomial_rng(n, theta);
  real prior_phi = beta_rng(phi_alpha, phi_beta);
  real prior_kappa = pareto_rng(kappa_min, kappa_shape);
  real prior_alpha = prior_phi * prior_kappa;
  real prior_beta = (1 - prior_phi) * prior_kappa;
  vector[n_groups] prior_theta;
  vector[n_groups] prior_theta_raw;
  array[n_groups] int prior_y;
  for (j in 1 : n_groups) {
    log_lik[j] = binomial_logit_lpmf(y[j] | n[j], eta[j]);
    prior_theta[j] = beta_rng(prior_alpha, prior_beta);
  }
  prior_theta_raw
    = (logit(prior_theta)
       - eta_locations(prior_phi, prior_kappa, successes, failures))
      ./ eta_scales(prior_phi, prior_kappa, successes, failures);
  prior_y = binomial_rng(n, prior_theta);
}
