// Estimates with known standard errors, effects from one normal distribution that is learned:
// non-centred, standard normal deviations theta_raw scaled and shifted into theta.
functions {
  // log density of tau under the family of its prior, up to a constant
  real spread_lpdf(real tau, int family, real scale, real ig_shape, real ig_scale) {
    if (family == 1) {
      return normal_lpdf(tau | 0, scale);  // half-normal, tau being above 0
    } else if (family == 2) {
      return cauchy_lpdf(tau | 0, scale);  // half-Cauchy
    } else if (family == 3) {
      return exponential_lpdf(tau | inv(scale));
    } else if (family == 4) {
      // inverse gamma on tau squared, with the Jacobian of the square
      return inv_gamma_lpdf(square(tau) | ig_shape, ig_scale) + log(2 * tau);
    }
    return 0;  // flat
  }
  // a draw of tau from its prior; not a number where the prior is flat
  real spread_rng(int family, real scale, real ig_shape, real ig_scale) {
    if (family == 1) {
      return sqrt(square(normal_rng(0, scale)));
    } else if (family == 2) {
      return sqrt(square(cauchy_rng(0, scale)));
    } else if (family == 3) {
      return exponential_rng(inv(scale));
    } else if (family == 4) {
      return sqrt(inv_gamma_rng(ig_shape, ig_scale));
    }
    return not_a_number();
  }
}
data {
  int<lower=1> n_groups;
  vector[n_groups] y;               // estimates
  vector<lower=0>[n_groups] sigma;  // their standard errors
  real mu_mean;                     // prior of mu
  real<lower=0> mu_scale;           // infinite for a flat prior
  int<lower=1, upper=5> tau_prior;  // family of the prior of tau
  real<lower=0> tau_scale;
  real<lower=0> tau_ig_shape;
  real<lower=0> tau_ig_scale;
}
parameters {
  real mu;                     // mean of the effects
  real<lower=0> tau;           // their standard deviation
  vector[n_groups] theta_raw;  // deviations from mu, in units of tau
}
transformed parameters {
  vector[n_groups] theta = mu + tau * theta_raw;  // effects
}
model {
  if (!is_inf(mu_scale)) {
    mu ~ normal(mu_mean, mu_scale);
  }
  tau ~ spread(tau_prior, tau_scale, tau_ig_shape, tau_ig_scale);
  theta_raw ~ std_normal();
  y ~ normal(theta, sigma);
}
generated quantities {
  vector[n_groups] log_lik;
  array[n_groups] real y_rep = normal_rng(theta, sigma);
  // a flat prior cannot be drawn from
  real prior_mu = is_inf(mu_scale) ? not_a_number() : normal_rng(mu_mean, mu_scale);
  real prior_tau = spread_rng(tau_prior, tau_scale, tau_ig_shape, tau_ig_scale);
  vector[n_groups] prior_theta_raw;
  vector[n_groups] prior_theta = rep_vector(not_a_number(), n_groups);
  array[n_groups] real prior_y = rep_array(not_a_number(), n_groups);
  for (j in 1 : n_groups) {
    log_lik[j] = normal_lpdf(y[j] | theta[j], sigma[j]);
    prior_theta_raw[j] = std_normal_rng();
  }
  if (!is_nan(prior_mu) && !is_nan(prior_tau) && !is_inf(prior_tau)) {
    prior_theta = prior_mu + prior_tau * prior_theta_raw;
    prior_y = normal_rng(prior_theta, sigma);
  }
}
