import Foundation

/// The times of equivalent numpy programs, measured in the same run by one Python process.
///
/// Two of them find γ*. `published` follows the only published implementation: the cooldown entry by entry,
/// the double sum's terms as arrays, suffix sums as total − cumsum. `lean` is the least numpy that the
/// telescoped form needs. The others are a bare reversed cumulative sum, the whole curve with one
/// vectorised pass per point, and a shape search's recursion vectorised over 4000 shapes.
struct NumpyBaseline {
  struct Row: Decodable {
    let program: String
    let schedule: String
    let steps: Int
    let seconds: Double
    let gamma: Double?
  }

  static let program = """
    import json, math, sys, time, warnings
    import numpy as np
    warnings.simplefilter("ignore")

    def published_schedule(name, T):
        if name == "cosine":
            return 0.5 * (1 + np.cos(np.arange(T) / T * np.pi))
        n = T if name == "linear" else round(0.2 * T)
        cooldown = np.array([1 - t / n for t in range(n)])
        return np.concatenate((np.array([]), np.ones(T - n), cooldown))

    def published_gamma(eta):
        eta = (1.0 * eta).copy()
        T, G, D = len(eta), 1.0, 1.0
        total, sums = eta.sum(), eta.cumsum()
        squares = eta**2 * G**2
        total_squares, sums_squares = squares.sum(), squares.cumsum()
        after = total - sums
        after[-1] += 1e-10
        inner = (total_squares - sums_squares + squares) / (after + eta)
        noise = total_squares / (2 * total) + 0.5 * ((eta / after) * inner)[: T - 1].sum()
        return math.sqrt(D**2 / (2 * total) / noise) if noise > 0 else float("nan")

    def lean_schedule(name, T):
        if name == "cosine":
            return 0.5 * (1 + np.cos(np.arange(T) * (np.pi / T)))
        n = T if name == "linear" else round(0.2 * T)
        eta = np.ones(T)
        eta[T - n :] = np.arange(n, 0, -1) / n
        return eta

    def lean_gamma(eta):
        sums = np.cumsum(eta)
        noise = eta[-1] + np.sum(eta[:-1] ** 2 / (sums[-1] - sums[:-1]))
        return 1 / math.sqrt(sums[-1] * noise)

    def best(work, runs):
        least, result = float("inf"), None
        for _ in range(runs):
            start = time.perf_counter()
            result = work()
            least = min(least, time.perf_counter() - start)
        return least, result

    rows = []
    for T in map(int, sys.argv[1:]):
        runs = 3 if T >= 10**7 else 5
        for name in ["linear", "wsd20", "cosine"]:
            for program, build, gamma in [
                ("published", published_schedule, published_gamma),
                ("lean", lean_schedule, lean_gamma),
            ]:
                seconds, value = best(lambda: gamma(build(name, T)), runs)
                finite = value is not None and math.isfinite(value)
                rows.append(dict(program=program, schedule=name, steps=T, seconds=seconds,
                                 gamma=value if finite else None))
        eta = lean_schedule("linear", T)
        seconds, _ = best(lambda: np.cumsum(eta[::-1])[::-1], 7)
        rows.append(dict(program="cumsum", schedule="linear", steps=T, seconds=seconds))

    def curve(eta):
        sums, squares = np.cumsum(eta), eta**2
        return [eta[t] + np.sum(squares[:t] / (sums[t] - sums[:t])) for t in range(len(eta))]

    seconds, _ = best(lambda: curve(lean_schedule("wsd20", 10**4)), 3)
    rows.append(dict(program="curve", schedule="wsd20", steps=10**4, seconds=seconds))

    def recursion(shapes, base):
        lam = 1 / np.arange(1, 101)
        lam /= lam.sum()
        squares, noise = lam**2, 1 / 5 - 1 / 100
        m = np.ones((len(shapes), 100))
        for t in range(shapes.shape[1]):
            eta = base * shapes[:, t : t + 1]
            total = m.sum(axis=1, keepdims=True)
            m = (1 - eta * lam) ** 2 * m + (eta**2 * noise * total) * squares
        return m.sum(axis=1) / 200

    shapes = np.random.default_rng(0).uniform(size=(4000, 100))
    seconds, _ = best(lambda: recursion(shapes, 4.0), 3)
    rows.append(dict(program="recursion", schedule="4000 shapes", steps=100, seconds=seconds))
    print(json.dumps(rows))
    """

  private let rows: [Row]

  /// Runs Python; nil without numpy.
  init?(steps: [Int]) {
    guard let data = pythonOutput(Self.program, steps.map(String.init)),
      let rows = try? JSONDecoder().decode([Row].self, from: data)
    else { return nil }
    self.rows = rows
  }

  func row(_ program: String, _ schedule: String, _ steps: Int) -> Row? {
    rows.first { $0.program == program && $0.schedule == schedule && $0.steps == steps }
  }
}
