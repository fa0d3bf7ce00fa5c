// Binomial outcomes, probabilities of success from one Beta distribution whose
// shapes have the improper density (alpha + beta)^-exponent, as in BDA3,
// section 5.3.
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
  real<lower=2> exponent;                   // of the prior
}
transformed data {
  vector[n_groups] successes = to_vector(y);
  vector[n_groups] failures = to_vector(n) - successes;
}
parameters {
  // what the prior is uniform on: the mean of the groups' Beta distribution,
  // and (alpha + beta)^(2 - exponent), for 5/2 about its standard deviation
  real<lower=0, upper=1> phi;
  real<lower=0> spread;
  vector[n_groups] theta_raw;  // log-odds of success, standardised
}
transformed parameters {
  real kappa = spread ^ inv(2 - exponent);  // concentration
  real alpha = phi * kappa;                 // shapes
  real beta = (1 - phi) * kappa;
  vector[n_groups] eta_scale = eta_scales(phi, kappa, successes, failures);
  vector[n_groups] eta = eta_locations(phi, kappa, successes, failures)
                         + eta_scale .* theta_raw;  // log-odds of success
}
model {
  eta ~ logit_beta(phi, kappa);   // theta ~ beta(alpha, beta), in log-odds
  target += sum(log(eta_scale));  // the Jacobian of eta for theta_raw
  y ~ binomial_logit(n, eta);
}
generated quantities {
  vector[n_groups] theta = inv_logit(eta);  // probability of success
  vector[n_groups] log_lik;
  array[n_groups] int y_rep = binomial_rng(n, theta);
  // an improper prior cannot be drawn from
  real prior_phi = not_a_number();
  real prior_spread = not_a_number();
  real prior_kappa = not_a_number();
  real prior_alpha = not_a_number();
  real prior_beta = not_a_number();
  vector[n_groups] prior_theta = rep_vector(not_a_number(), n_groups);
  vector[n_groups] prior_theta_raw = rep_vector(not_a_number(), n_groups);
  array[n_groups] real prior_y = rep_array(not_a_number(), n_groups);
  for (j in 1 : n_groups) {
    log_lik[j] = binomial_logit_lpmf(y[j] | n[j], eta[j]);
  }
}
