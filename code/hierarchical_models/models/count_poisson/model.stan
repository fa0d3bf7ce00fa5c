// Poisson counts, log rates of groups from one normal distribution that is
// learned.
//
// The sampler sees eta_raw, the groups' log rates standardised by nearly the
// mean and standard deviation that they have given mu, sigma and the counts:
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
  // a count with this log mean; means too large for an integer drawn as 1e9
  int count_rng(real log_mean) {
    return poisson_log_rng(fmin(log_mean, log(1e9)));
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
}
transformed data {
  vector[n_observations] log_exposure = log(exposure);
  vector[n_groups] counts = rep_vector(0.5, n_groups);  // half a count on top
  vector[n_groups] exposures = rep_vector(0, n_groups);
  for (i in 1 : n_observations) {
    counts[group[i]] += y[i];
    exposures[group[i]] += exposure[i];
  }
  vector[n_groups] estimate = log(counts ./ exposures);
}
parameters {
  real mu;                   // mean of the log rates
  real<lower=0> sigma;       // their standard deviation
  vector[n_groups] eta_raw;  // log rates, standardised
}
transformed parameters {
  vector[n_groups] eta_scale = eta_scales(sigma, counts);
  vector[n_groups] eta = eta_locations(mu, sigma, estimate, counts)
                         + eta_scale .* eta_raw;  // log rates
}
model {
  mu ~ normal(mu_mean, mu_scale);
  sigma ~ normal(0, sigma_scale);  // half-normal, sigma being above 0
  eta ~ normal(mu, sigma);
  target += sum(log(eta_scale));   // the Jacobian of eta for eta_raw
  y ~ poisson_log(log_exposure + eta[group]);
}
generated quantities {
  vector[n_groups] rate = exp(eta);  // per unit of exposure
  vector[n_observations] log_lik;
  array[n_observations] int y_rep;
  real prior_mu = normal_rng(mu_mean, mu_scale);
  real prior_sigma = sqrt(square(normal_rng(0, sigma_scale)));
  vector[n_groups] prior_eta
    = to_vector(normal_rng(rep_vector(prior_mu, n_groups), prior_sigma));
  vector[n_groups] prior_eta_raw
    = (prior_eta - eta_locations(prior_mu, prior_sigma, estimate, counts))
      ./ eta_scales(prior_sigma, counts);
  vector[n_groups] prior_rate = exp(prior_eta);
  array[n_observations] int prior_y;
  for (i in 1 : n_observations) {
    log_lik[i] = poisson_log_lpmf(y[i] | log_exposure[i] + eta[group[i]]);
    y_rep[i] = count_rng(log_exposure[i] + eta[group[i]]);
    prior_y[i] = count_rng(log_exposure[i] + prior_eta[group[i]]);
  }
}
