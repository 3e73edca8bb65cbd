import Glibc
import Schedules

/// The schedule that logged learning rates belong to, found by comparison with the families.
///
/// Tried are constant, linear, cosine, 1-sqrt and wsd with every decay of the grammar, each with a floor
/// at the last learning rate too. The warmup is not compared, only its length is read off. The base
/// learning rate is what the records are multiples of: their maximum where one of them has it.
struct RecognisedSchedule {
  let spec: ScheduleSpec
  let baseLearningRate: Double

  /// So close, as part of the peak, an agreement is taken for the truth: logs keep five digits.
  private static let close = 1e-4

  /// How many records the families are tried on.
  private static let sampleSize = 400

  /// The first family that agrees closely with the records after the warmup, else the one that agrees
  /// best; nil where none does, and for less than four records.
  ///
  /// - Parameters:
  ///   - log: with learning rates.
  ///   - steps: T.
  init?(in log: RunLog, steps: Int) {
    let cooled = log.withoutWarmup(steps: steps)
    guard let all = log.learningRate, let rates = cooled.learningRate, rates.steps.count >= 4,
      let peak = rates.values.first, peak > 0
    else { return nil }
    let warmups = Self.warmups(of: all, peak: peak, first: rates.steps[0])
    let floors = [""] + Self.floors(of: rates, peak: peak, steps: steps)
    let sample = cooled.thinned(to: Self.sampleSize)
    var best: (spec: ScheduleSpec, match: Match)?
    search: for shape in Self.shapes(of: rates, peak: peak, steps: steps) {
      for floor in floors {
        for warmup in warmups {
          let options = (shape.options + [floor, warmup]).filter { !$0.isEmpty }
          let text = shape.name + (options.isEmpty ? "" : ":") + options.joined(separator: ",")
          guard let spec = try? ScheduleSpec(text), let schedule = try? spec.realise(steps: steps),
            let match = Match(of: sample, with: schedule),
            match.error < best?.match.error ?? .infinity
          else { continue }
          best = (spec, match)
          if match.error < Self.close * peak { break search }
        }
      }
    }
    // Records that were not sampled may still disagree.
    guard let best, let schedule = try? best.spec.realise(steps: steps),
      Match(of: cooled, with: schedule) != nil
    else { return nil }
    spec = best.spec
    // People type few digits; what is that near to three of them was such a number.
    let rate = best.match.baseLearningRate
    let typed = significant(rate, digits: 3)
    baseLearningRate = abs(typed / rate - 1) < 2 * Self.close ? typed : rate
  }

  /// How well a schedule agrees with a log, by the timing that fits best.
  private struct Match {
    let baseLearningRate: Double

    /// The root mean square of the differences.
    let error: Double

    /// Nil where some record disagrees.
    init?(of log: RunLog, with schedule: Schedule) {
      guard let rates = log.learningRate else { return nil }
      var best: (error: Double, rate: Double)?
      for timing in log.learningRateTiming.map({ [$0] }) ?? [.applied, .next] {
        guard let found = log.matchingBaseLearningRate(for: schedule, timing: timing) else {
          continue
        }
        var misses: [Double] = []
        for (step, rate) in zip(rates.steps, rates.values) {
          let index = timing.index(at: step)
          guard index >= 0, index < schedule.steps else { continue }
          misses.append(rate - found * schedule.multipliers(in: index..<index + 1)[0])
        }
        let error = rootMeanSquare(misses)
        if error < best?.error ?? .infinity { best = (error, found) }
      }
      guard let best else { return nil }
      (error, baseLearningRate) = best
    }
  }

  /// The floors that the last learning rate can stand on or tend to, as part of the peak, the roundest
  /// first.
  private static func floors(of rates: LogSeries, peak: Double, steps: Int) -> [String] {
    let last = rates.values.count - 1
    let slope =
      (rates.values[last] - rates.values[last - 1])
      / Double(rates.steps[last] - rates.steps[last - 1])
    let ends = [rates.values[last], rates.values[last] + slope * Double(steps - rates.steps[last])]
    var texts: [String] = []
    for digits in 1...3 {
      for level in ends.map({ $0 / peak }) where level > 0 && level < 1 {
        let text = "min=\(decimalText(significant(level, digits: digits)))"
        if !texts.contains(text) { texts.append(text) }
      }
    }
    return texts
  }

  private static func shapes(of rates: LogSeries, peak: Double, steps: Int)
    -> [(name: String, options: [String])]
  {
    var shapes: [(name: String, options: [String])] = [
      ("constant", []), ("linear", []), ("cosine", []), ("1-sqrt", []),
    ]
    guard let below = rates.values.firstIndex(where: { $0 < peak * (1 - 1e-6) }), below > 0 else {
      return shapes
    }
    // The plateau ends between two records; a step more for those who log the next step's rate.
    let longest = steps - rates.steps[below - 1] + 1
    let shortest = max(1, steps - rates.steps[below] - 1)
    var lengths = (1...20).map { 5 * $0 }.filter {
      (Double(shortest)...Double(longest)).contains(Double($0 * steps) / 100)
    }.map { "\($0)%" }
    // Of a linear cooldown the first record tells the length, up to a step.
    let remaining = Double(steps - rates.steps[below]) * peak / rates.values[below]
    if remaining.isFinite, remaining < Double(steps) {
      let nearest = Int(remaining.rounded())
      lengths += (max(1, nearest - 1)...nearest + 2).map { "\($0)steps" }
    }
    for length in lengths {
      for decay in CooldownDecay.allCases {
        shapes.append(("wsd", ["cooldown=\(length)", "decay=\(decay.rawValue)"]))
      }
    }
    return shapes
  }

  /// The lengths that a warmup can have: none, up to the first record at the peak, and what a linear one
  /// through the last record below it has.
  private static func warmups(of rates: LogSeries, peak: Double, first: Int) -> [String] {
    guard let index = rates.steps.lastIndex(where: { $0 < first }) else { return [""] }
    let linear = Double(rates.steps[index]) * peak / rates.values[index]
    var lengths: [Int] = []
    if linear.isFinite, linear < 2 * Double(first) {
      for unit in [100, 10, 1] {
        let length = Int((linear / Double(unit)).rounded()) * unit
        if (rates.steps[index]...first).contains(length) { lengths.append(length) }
      }
    }
    lengths.append(first)
    return lengths.filter { $0 > 0 }.map { "warmup=\($0)steps" } + [""]
  }
}

extension RunLog {
  /// The log without the learning rates before the first that is the highest, and without the zero that
  /// some trainers log after the last step.
  ///
  /// - Parameter steps: T.
  /// - Returns: the log with the rest of its learning rates.
  /// - Complexity: O(records).
  func withoutWarmup(steps: Int) -> RunLog {
    guard let rates = learningRate, let peak = rates.values.max(),
      let first = rates.values.firstIndex(where: { $0 >= peak * (1 - 1e-6) })
    else { return self }
    var log = self
    let start = rates.steps[first]
    log.series[.learningRate] = rates.filter { step, rate in
      step >= start && (step == start || step < steps || rate > 0)
    }
    return log
  }
}

extension RunLog {
  /// The log with so many of its learning rates at most, evenly spread, the first and the last among
  /// them.
  fileprivate func thinned(to count: Int) -> RunLog {
    guard let rates = learningRate, rates.steps.count > count else { return self }
    var log = self
    let kept = (0..<count).map { $0 * (rates.steps.count - 1) / (count - 1) }
    log.series[.learningRate] = LogSeries(
      steps: kept.map { rates.steps[$0] }, values: kept.map { rates.values[$0] })
    return log
  }
}

/// A number rounded to some significant digits.
private func significant(_ value: Double, digits: Int) -> Double {
  guard value > 0, value.isFinite else { return 0 }
  let scale = pow(10, Double(digits - 1) - floor(log10(value)))
  let rounded = (value * scale).rounded() / scale
  return rounded.isFinite ? rounded : value
}
