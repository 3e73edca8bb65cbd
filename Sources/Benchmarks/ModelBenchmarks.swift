import Schedules
import TheoryModel

enum ModelBenchmarks {
  static func print() throws {
    let features = 1_000_000
    let steps = 10_000
    Swift.print(
      "\nthe theory model, a = 3, b = 1.5, N = 10⁶, linear decay, against a numpy loop over all modes, 20 steps extrapolated"
    )
    let task = try ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(1))
    let multipliers = try ScheduleSpec("linear").schedule(steps: steps).multipliers
    let rates = multipliers.map { 0.1 * $0 }
    let direct = try FeatureModel(task: task, features: features, summation: .direct)
    var exact = 0.0
    let directSeconds = try leastSeconds(runs: 1) {
      exact = try direct.finalLoss(learningRates: rates).excess
    }
    var found = 0.0
    // Starts from the task: finding the modes is part of the work.
    let seconds = try leastSeconds {
      let model = try FeatureModel(task: task, features: features)
      found = try model.finalLoss(learningRates: rates).excess
    }
    let error = (abs(found / exact - 1) * 1e16).rounded() / 1e16
    Swift.print("| T | all modes, here | few modes | off by | against numpy | wanted |")
    Swift.print("|---|---|---|---|---|---|")
    let baseline = pythonSeconds(numpyLoop, ["\(features)", "20"])
    let ratio = baseline.map { text(ratio: $0 * Double(steps) / seconds) } ?? "no numpy"
    Swift.print(
      "| \(steps) | \(text(seconds: directSeconds)) | \(text(seconds: seconds)) | \(error) | \(ratio) | ≥ 1000×, 1e-9 |"
    )
    let model = try FeatureModel(task: task, features: features)
    for steps in [1_000_000, 10_000_000] {
      let long = try ScheduleSpec("wsd20").schedule(steps: steps).multipliers.map { 0.01 * $0 }
      var blocks = 0.0
      let blockSeconds = try leastSeconds(runs: 2) {
        blocks = try model.finalLossOfLongRun(learningRates: long).excess
      }
      var single = 0.0
      let singleSeconds = try leastSeconds(runs: 1) {
        single = try model.finalLoss(learningRates: long).excess
      }
      let difference = (abs(blocks / single - 1) * 1e13).rounded() / 1e13
      Swift.print(
        "- wsd20, T = \(steps): \(text(seconds: blockSeconds)) in blocks, \(text(seconds: singleSeconds)) step by step, off by \(difference)"
      )
    }
    for steps in [1024, 16384] {
      var iterations = 0
      let seconds = try leastSeconds(runs: 2) {
        iterations = try OptimalModelSchedule(for: model, steps: steps, cap: 0.5).iterations
      }
      Swift.print(
        "- the best schedule, T = \(steps): \(text(seconds: seconds)), \(iterations) iterations")
    }
  }

  /// A numpy loop over steps and all modes; prints the seconds per step.
  private static let numpyLoop = """
    import sys, time
    import numpy as np
    features, steps = int(sys.argv[1]), int(sys.argv[2])
    k = np.arange(1, features + 1.0)
    eigenvalues, excess = k**-1.5, k**-3.0
    gains = eigenvalues**2
    total = excess.sum()
    least = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for t in range(steps):
            eta = 0.1 * (1 - t / steps)
            loss = 1.0 + excess.sum()
            excess = ((1 - eta * eigenvalues)**2 + eta**2 * gains) * excess + eta**2 * gains * loss
        least = min(least, (time.perf_counter() - start) / steps)
    print(least)
    """
}
