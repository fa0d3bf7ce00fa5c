// Regional time series: the level and the linear trend of each region from
// those of its state, its season from that of all regions. Levels are centred,
// because a series says much of its level; slopes and seasons are non-centred.
// The priors of the three spreads keep clear of 0 and of very large values,
// where a sampler would go astray.
functions {
  // columns of length 1 at right angles to each other and to a constant:
  // effects that are made of them sum to 0
  matrix helmert_basis(int n) {
    matrix[n, n - 1] basis = rep_matrix(0, n, n - 1);
    for (k in 1 : (n - 1)) {
      basis[1 : k, k] = rep_vector(inv_sqrt(k * (k + 1)), k);
      basis[k + 1, k] = -k * inv_sqrt(k * (k + 1));
    }
    return basis;
  }
  // means of the observations
  vector trend_and_season(vector level, vector slope, matrix seasonal,
                          vector time, array[] int season,
                          array[] int region) {
    vector[rows(time)] total = level[region] + slope[region] .* time;
    for (i in 1 : rows(time)) {
      total[i] += seasonal[region[i], season[i]];
    }
    return total;
  }
  real half_normal_rng(real scale) {
    return sqrt(square(normal_rng(0, scale)));
  }
}
data {
  int<lower=1> n_observations;
  int<lower=2> n_seasons;
  int<lower=1> n_regions;
  int<lower=1> n_states;
  vector[n_observations] y;     // outcome
  vector[n_observations] time;  // in years
  array[n_observations] int<lower=1, upper=n_seasons> season;
  array[n_observations] int<lower=1, upper=n_regions> region;
  array[n_regions] int<lower=1, upper=n_states> state;
  real mu_level_mean;                 // prior of each mu_level
  real<lower=0> mu_level_scale;
  real<lower=0> sigma_level_mean;     // prior of sigma_level
  real<lower=0> mu_slope_scale;       // prior of each mu_slope
  real<lower=0> mu_seasonal_scale;    // prior of mu_seasonal
  real<lower=0> sigma_slope_mean;     // prior of sigma_slope
  real<lower=0> sigma_seasonal_mean;  // prior of sigma_seasonal
  real<lower=0> spread_shape;         // prior of these three sigmas
  real<lower=0> sigma_y_scale;        // prior of sigma_y
}
transformed data {
  vector[n_observations] centred_time = time - mean(time);
  matrix[n_seasons, n_seasons - 1] basis = helmert_basis(n_seasons);
}
parameters {
  vector[n_states] mu_level;                      // mean and spread of level
  real<lower=0> sigma_level;
  vector[n_regions] level;                        // at the mean time
  vector[n_states] mu_slope;                      // mean and spread of slope
  real<lower=0> sigma_slope;
  vector[n_regions] slope_raw;                    // in units of sigma_slope
  vector[n_seasons - 1] mu_seasonal_raw;          // contrasts of a season
  real<lower=0> sigma_seasonal;                   // their spread
  matrix[n_regions, n_seasons - 1] seasonal_raw;  // in units of sigma_seasonal
  real<lower=0> sigma_y;                          // spread of the observations
}
transformed parameters {
  // change in a year
  vector[n_regions] slope = mu_slope[state] + sigma_slope * slope_raw;
  vector[n_seasons] mu_seasonal
    = mu_seasonal_scale * (basis * mu_seasonal_raw);
  matrix[n_regions, n_seasons] seasonal
    = rep_matrix(mu_seasonal', n_regions)
      + sigma_seasonal * (seasonal_raw * basis');
}
model {
  mu_level ~ normal(mu_level_mean, mu_level_scale);
  sigma_level ~ gamma(spread_shape, spread_shape / sigma_level_mean);
  level ~ normal(mu_level[state], sigma_level);
  mu_slope ~ normal(0, mu_slope_scale);
  sigma_slope ~ gamma(spread_shape, spread_shape / sigma_slope_mean);
  slope_raw ~ std_normal();
  mu_seasonal_raw ~ std_normal();
  sigma_seasonal ~ gamma(spread_shape, spread_shape / sigma_seasonal_mean);
  to_vector(seasonal_raw) ~ std_normal();
  sigma_y ~ normal(0, sigma_y_scale);
  y ~ normal(trend_and_season(level, slope, seasonal, centred_time, season,
                              region), sigma_y);
}
generated quantities {
  vector[n_observations] log_lik;
  array[n_observations] real y_rep;
  vector[n_states] prior_mu_level;
  real prior_sigma_level = gamma_rng(spread_shape,
                                     spread_shape / sigma_level_mean);
  vector[n_regions] prior_level;
  vector[n_states] prior_mu_slope;
  real prior_sigma_slope = gamma_rng(spread_shape,
                                     spread_shape / sigma_slope_mean);
  vector[n_regions] prior_slope_raw;
  vector[n_regions] prior_slope;
  vector[n_seasons - 1] prior_mu_seasonal_raw;
  vector[n_seasons] prior_mu_seasonal;
  real prior_sigma_seasonal = gamma_rng(spread_shape,
                                        spread_shape / sigma_seasonal_mean);
  matrix[n_regions, n_seasons - 1] prior_seasonal_raw;
  matrix[n_regions, n_seasons] prior_seasonal;
  real prior_sigma_y = half_normal_rng(sigma_y_scale);
  array[n_observations] real prior_y;
  for (s in 1 : n_states) {
    prior_mu_level[s] = normal_rng(mu_level_mean, mu_level_scale);
    prior_mu_slope[s] = normal_rng(0, mu_slope_scale);
  }
  for (k in 1 : (n_seasons - 1)) {
    prior_mu_seasonal_raw[k] = std_normal_rng();
  }
  prior_mu_seasonal = mu_seasonal_scale * (basis * prior_mu_seasonal_raw);
  for (r in 1 : n_regions) {
    prior_level[r] = normal_rng(prior_mu_level[state[r]], prior_sigma_level);
    prior_slope_raw[r] = std_normal_rng();
    for (k in 1 : (n_seasons - 1)) {
      prior_seasonal_raw[r, k] = std_normal_rng();
    }
  }
  prior_slope = prior_mu_slope[state] + prior_sigma_slope * prior_slope_raw;
  prior_seasonal = rep_matrix(prior_mu_seasonal', n_regions)
                   + prior_sigma_seasonal * (prior_seasonal_raw * basis');
  prior_y = normal_rng(trend_and_season(prior_level, prior_slope,
                                        prior_seasonal, centred_time, season,
                                        region), prior_sigma_y);
  {
    vector[n_observations] mu_y
      = trend_and_season(level, slope, seasonal, centred_time, season, region);
    y_rep = normal_rng(mu_y, sigma_y);
    for (i in 1 : n_observations) {
      log_lik[i] = normal_lpdf(y[i] | mu_y[i], sigma_y);
    }
  }
}
