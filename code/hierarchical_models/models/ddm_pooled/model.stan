// Choices and response times of a drift diffusion, one set of parameters for
// all persons.
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
  int<lower=1> n_conditions;
  vector<lower=0>[n_observations] rt;                  // in seconds
  array[n_observations] int<lower=0, upper=1> choice;  // 1: upper boundary
  array[n_observations] int<lower=1, upper=n_conditions> condition;
  real alpha_log_mean;       // prior of alpha
  real<lower=0> alpha_log_scale;
  real tau_log_mean;         // prior of tau
  real<lower=0> tau_log_scale;
  real<lower=0> beta_shape;  // prior of beta
  real delta_mean;           // prior of each delta
  real<lower=0> delta_scale;
}
parameters {
  real<lower=0> alpha;               // distance of the boundaries
  real<lower=0, upper=min(rt)> tau;  // non-decision time, before any response
  real<lower=0, upper=1> beta;       // relative starting point
  vector[n_conditions] delta;        // drift towards the upper boundary
}
transformed parameters {
  vector[n_observations] log_lik
    = response_log_density(rt, choice, rep_vector(alpha, n_observations),
                           rep_vector(tau, n_observations), beta,
                           delta[condition]);
}
model {
  alpha ~ lognormal(alpha_log_mean, alpha_log_scale);
  tau ~ lognormal(tau_log_mean, tau_log_scale);
  beta ~ beta(beta_shape, beta_shape);
  delta ~ normal(delta_mean, delta_scale);
  target += sum(log_lik);
}
generated quantities {
  array[n_observations] int choice_rep;
  array[n_observations] real rt_rep;
  real prior_alpha = lognormal_rng(alpha_log_mean, alpha_log_scale);
  real prior_tau = lognormal_rng(tau_log_mean, tau_log_scale);
  real prior_beta = beta_rng(beta_shape, beta_shape);
  array[n_conditions] real prior_delta
    = normal_rng(rep_vector(delta_mean, n_conditions), delta_scale);
  array[n_observations] int prior_choice;
  array[n_observations] real prior_rt;
  for (i in 1 : n_observations) {
    real drift = delta[condition[i]];
    real prior_drift = prior_delta[condition[i]];
    choice_rep[i] = bernoulli_rng(upper_probability(alpha, beta, drift));
    rt_rep[i] = response_time_rng(choice_rep[i], alpha, tau, beta, drift);
    prior_choice[i] = bernoulli_rng(upper_probability(prior_alpha, prior_beta,
                                                      prior_drift));
    prior_rt[i] = response_time_rng(prior_choice[i], prior_alpha, prior_tau,
                                    prior_beta, prior_drift);
  }
}
