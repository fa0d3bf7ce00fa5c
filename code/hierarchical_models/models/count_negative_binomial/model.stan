// Negative binomial counts, log rates of groups from one normal distribution
// that is learned.
//
// The sampler sees eta_raw, the groups' log rates standardised by nearly the
// mean and standard deviation that they have given mu, sigma, phi and counts:
// as the non-centred form where counts are few, as the centred one where
// they are many.
functions {
  // nearly the standard deviations of the log rates, given sigma and counts
  vector eta_scales(real sigma, vector information) {
    return inv_sqrt(information + inv_square(sigma));
  }
  // nearly their means, given mu as well
  vector eta_locations(real mu, real sigma, vector estimate,
                       vector information) {
    return (estimate .* information + mu * inv_square(sigma))
           ./ (information + inv_square(sigma));
  }
  // what groups' counts say of their log rates, as a precision
  vector informations(vector counts, vector n_counts, real phi) {
    return counts ./ (1 + counts ./ n_counts / phi);
  }
  // a count with this log mean, by way of its Gamma-distributed rate; rates
  // too large for an integer drawn as 1e9
  int count_rng(real log_mean, real phi) {
    real factor = gamma_rng(phi, phi);
    return factor > 0
           ? poisson_log_rng(fmin(log_mean + log(factor), log(1e9)))
           : 0;
  }
}
data {
  int<lower=1> n_observations;
  int<lower=1> n_groups;
  array[n_observations] int<lower=0> y;                      // counts
  vector<lower=0>[n_observations] exposure;                  // of each y
  array[n_observations] int<lower=1, upper=n_groups> group;  // of each y
  real mu_mean;               // prior of mu
  real<lower=0> mu_scale;
  real<lower=0> sigma_scale;  // prior of sigma
  real<lower=0> phi_shape;    // prior of phi
  real<lower=0> phi_rate;
}
transformed data {
  vector[n_observations] log_exposure = log(exposure);
  vector[n_groups] counts = rep_vector(0.5, n_groups);  // half a count on top
  vector[n_groups] n_counts = rep_vector(0, n_groups);
  vector[n_groups] exposures = rep_vector(0, n_groups);
  for (i in 1 : n_observations) {
    counts[group[i]] += y[i];
    n_counts[group[i]] += 1;
    exposures[group[i]] += exposure[i];
  }
  vector[n_groups] estimate = log(counts ./ exposures);
}
parameters {
  real mu;                   // mean of the log rates
  real<lower=0> sigma;       // their standard deviation
  real<lower=0> phi;         // size of the negative binomial distribution
  vector[n_groups] eta_raw;  // log rates, standardised
}
transformed parameters {
  vector[n_groups] eta_scale;
  vector[n_groups] eta;  // log rates
  {
    vector[n_groups] information = informations(counts, n_counts, phi);
    eta_scale = eta_scales(sigma, information);
    eta = eta_locations(mu, sigma, estimate, information)
          + eta_scale .* eta_raw;
  }
}
model {
  mu ~ normal(mu_mean, mu_scale);
  sigma ~ normal(0, sigma_scale);  // half-normal, sigma being above 0
  phi ~ gamma(phi_shape, phi_rate);
  eta ~ normal(mu, sigma);
  target += sum(log(eta_scale));   // the Jacobian of eta for eta_raw
  y ~ neg_binomial_2_log(log_exposure + eta[group], phi);
}
generated quantities {
  vector[n_groups] rate = exp(eta);  // per unit of exposure
  vector[n_observations] log_lik;
  array[n_observations] int y_rep;
  real prior_mu = normal_rng(mu_mean, mu_scale);
  real prior_sigma = sqrt(square(normal_rng(0, sigma_scale)));
  real prior_phi = gamma_rng(phi_shape, phi_rate);
  vector[n_groups] prior_eta
    = to_vector(normal_rng(rep_vector(prior_mu, n_groups), prior_sigma));
  vector[n_groups] prior_eta_raw;
  vector[n_groups] prior_rate = exp(prior_eta);
  array[n_observations] int prior_y;
  {
    vector[n_groups] information = informations(counts, n_counts, prior_phi);
    prior_eta_raw = (prior_eta
                     - eta_locations(prior_mu, prior_sigma, estimate,
                                     information))
                    ./ eta_scales(prior_sigma, information);
  }
  for (i in 1 : n_observations) {
    real log_mean = log_exposure[i] + eta[group[i]];
    log_lik[i] = neg_binomial_2_log_lpmf(y[i] | log_mean, phi);
    y_rep[i] = count_rng(log_mean, phi);
    prior_y[i] = count_rng(log_exposure[i] + prior_eta[group[i]], prior_phi);
  }
}
