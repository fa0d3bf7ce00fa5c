// Choices and response times of a drift diffusion, each person's parameters
// drawn from distributions that are learned. alpha and tau are centred, as a
// person's own responses say much of them, and the priors of their spreads
// keep clear of 0, where centred parameters have a funnel. The drifts, of
// which a condition says less, are non-centred.
functions {
  // Log density of the time u at which a Wiener process without drift leaves
  // a unit interval through the end that lies w away from its start: two
  // series of one function, equations 5 and 6 of Navarro and Fuss (2009), cut
  // where a double no longer shows the rest (see wiener.py). Stan's wiener()
  // has the same density, but cuts at an error of 1e-6 and underflows for a
  // response that comes shortly after tau.
  real log_driftless_density(real u, real w) {
    real total = 0;
    if (3 * u < 1) {
      // early; without exp(-w^2 / 2u), which can be too small for a double
      for (k in -2 : 2) {
        total += (w + 2 * k) * exp(-2 * k * (k + w) / u);
      }
      return log(total) - 0.5 * square(w) / u - 1.5 * log(u)
             - 0.5 * log(2 * pi());
    }
    // late; without exp(-pi^2 u / 2)
    for (k in 1 : 4) {
      total += k * sin(k * pi() * w)
               * exp(-0.5 * (square(k) - 1) * square(pi()) * u);
    }
    return log(total) - 0.5 * square(pi()) * u + log(pi());
  }
  // log densities of responses, each with parameters of its own
  vector response_log_density(vector rt, array[] int choice, vector alpha,
                              vector tau, real beta, vector delta) {
    int n = rows(rt);
    vector[n] time = rt - tau; // spent on deciding
    vector[n] u = time ./ square(alpha);
    vector[n] w; // relative distance of the boundary that is met
    vector[n] v; // drift away from it
    vector[n] driftless;
    for (i in 1 : n) {
      // the upper boundary is the lower one of the mirrored process
      w[i] = choice[i] ? 1 - beta : beta;
      v[i] = choice[i] ? -delta[i] : delta[i];
      driftless[i] = time[i] > 0 ? log_driftless_density(u[i], w[i])
                     : negative_infinity();
    }
    return driftless - 2 * log(alpha) - alpha .* v .* w
           - 0.5 * square(v) .* time;
  }
  // probability that the upper boundary is met first
  real upper_probability(real alpha, real beta, real delta) {
    real size = 2 * alpha * sqrt(square(delta));
    if (size == 0) {
      return beta;
    } else if (delta > 0) {
      return expm1(-size * beta) / expm1(-size);
    }
    return exp(-size * (1 - beta)) * expm1(-size * beta) / expm1(-size);
  }
  // A response time, given the boundary. Its passage is drawn as if the other
  // boundary were not there, from an inverse Gaussian distribution (Michael,
  // Schucany and Haas 1976), and kept with the ratio of the densities with
  // and without the other one, in which the drift cancels.
  real response_time_rng(int choice, real alpha, real tau, real beta,
                         real delta) {
    real w = choice ? 1 - beta : beta;
    // finite without drift too
    real mean_u = w / fmax(alpha * sqrt(square(delta)), 1e-12);
    real u = 0;
    int is_kept = 0;
    while (!is_kept) {
      real r = mean_u * square(std_normal_rng()) / (2 * square(w));
      real one_boundary;
      u = mean_u / (1 + r + sqrt(r * (r + 2)));
      if (uniform_rng(0, mean_u + u) > mean_u) {
        u = square(mean_u) / u;
      }
      one_boundary = log(w) - 0.5 * square(w) / u - 1.5 * log(u)
                     - 0.5 * log(2 * pi());
      is_kept = log(uniform_rng(0, 1))
                < log_driftless_density(u, w) - one_boundary;
    }
    return tau + square(alpha) * u;
  }
}
data {
  int<lower=1> n_observations;
  int<lower=1> n_persons;
  int<lower=1> n_conditions;
  vector<lower=0>[n_observations] rt;                  // in seconds
  array[n_observations] int<lower=0, upper=1> choice;  // 1: upper boundary
  array[n_observations] int<lower=1, upper=n_persons> person;
  array[n_observations] int<lower=1, upper=n_conditions> condition;
  real mu_alpha_mean;               // prior of mu_alpha
  real<lower=0> mu_alpha_scale;
  real sigma_alpha_log_mean;        // prior of sigma_alpha
  real<lower=0> sigma_alpha_log_scale;
  real mu_tau_mean;                 // prior of mu_tau
  real<lower=0> mu_tau_scale;
  real sigma_tau_log_mean;          // prior of sigma_tau
  real<lower=0> sigma_tau_log_scale;
  real<lower=0> beta_shape;         // prior of beta
  real mu_delta_mean;               // prior of each mu_delta
  real<lower=0> mu_delta_scale;
  real<lower=0> sigma_delta_scale;  // prior of sigma_delta
}
transformed data {
  vector[n_persons] fastest = rep_vector(positive_infinity(), n_persons);
  for (i in 1 : n_observations) {
    fastest[person[i]] = fmin(fastest[person[i]], rt[i]);
  }
}
parameters {
  real mu_alpha;                                  // mean, spread of log(alpha)
  real<lower=0> sigma_alpha;
  vector<lower=0>[n_persons] alpha;               // distance of the boundaries
  real mu_tau;                                    // mean, spread of log(tau)
  real<lower=0> sigma_tau;
  vector<lower=0, upper=fastest>[n_persons] tau;  // non-decision time
  real<lower=0, upper=1> beta;                    // relative starting point
  vector[n_conditions] mu_delta;                  // mean, spread of delta
  real<lower=0> sigma_delta;
  matrix[n_persons, n_conditions] delta_raw;      // in units of sigma_delta
}
transformed parameters {
  // drift towards the upper boundary
  matrix[n_persons, n_conditions] delta
    = rep_matrix(mu_delta', n_persons) + sigma_delta * delta_raw;
  vector[n_observations] log_lik;
  {
    vector[n_observations] drift;
    for (i in 1 : n_observations) {
      drift[i] = delta[person[i], condition[i]];
    }
    log_lik = response_log_density(rt, choice, alpha[person], tau[person],
                                   beta, drift);
  }
}
model {
  mu_alpha ~ normal(mu_alpha_mean, mu_alpha_scale);
  sigma_alpha ~ lognormal(sigma_alpha_log_mean, sigma_alpha_log_scale);
  alpha ~ lognormal(mu_alpha, sigma_alpha);
  mu_tau ~ normal(mu_tau_mean, mu_tau_scale);
  sigma_tau ~ lognormal(sigma_tau_log_mean, sigma_tau_log_scale);
  tau ~ lognormal(mu_tau, sigma_tau);
  beta ~ beta(beta_shape, beta_shape);
  mu_delta ~ normal(mu_delta_mean, mu_delta_scale);
  sigma_delta ~ normal(0, sigma_delta_scale);
  to_vector(delta_raw) ~ std_normal();
  target += sum(log_lik);
}
generated quantities {
  array[n_observations] int choice_rep;
  array[n_observations] real rt_rep;
  real prior_mu_alpha = normal_rng(mu_alpha_mean, mu_alpha_scale);
  real prior_sigma_alpha = lognormal_rng(sigma_alpha_log_mean,
                                         sigma_alpha_log_scale);
  array[n_persons] real prior_alpha
    = lognormal_rng(rep_vector(prior_mu_alpha, n_persons), prior_sigma_alpha);
  real prior_mu_tau = normal_rng(mu_tau_mean, mu_tau_scale);
  real prior_sigma_tau = lognormal_rng(sigma_tau_log_mean,
                                       sigma_tau_log_scale);
  array[n_persons] real prior_tau
    = lognormal_rng(rep_vector(prior_mu_tau, n_persons), prior_sigma_tau);
  real prior_beta = beta_rng(beta_shape, beta_shape);
  array[n_conditions] real prior_mu_delta
    = normal_rng(rep_vector(mu_delta_mean, n_conditions), mu_delta_scale);
  real prior_sigma_delta = sqrt(square(normal_rng(0, sigma_delta_scale)));
  matrix[n_persons, n_conditions] prior_delta_raw;
  matrix[n_persons, n_conditions] prior_delta;
  array[n_observations] int prior_choice;
  array[n_observations] real prior_rt;
  for (c in 1 : n_conditions) {
    prior_delta_raw[ : , c] = to_vector(normal_rng(rep_vector(0, n_persons),
                                                   1));
    prior_delta[ : , c] = prior_mu_delta[c]
                          + prior_sigma_delta * prior_delta_raw[ : , c];
  }
  for (i in 1 : n_observations) {
    int j = person[i];
    real drift = delta[j, condition[i]];
    real prior_drift = prior_delta[j, condition[i]];
    choice_rep[i] = bernoulli_rng(upper_probability(alpha[j], beta, drift));
    rt_rep[i] = response_time_rng(choice_rep[i], alpha[j], tau[j], beta,
                                  drift);
    prior_choice[i] = bernoulli_rng(upper_probability(prior_alpha[j],
                                                      prior_beta,
                                                      prior_drift));
    prior_rt[i] = response_time_rng(prior_choice[i], prior_alpha[j],
                                    prior_tau[j], prior_beta, prior_drift);
  }
}
