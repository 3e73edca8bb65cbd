import Glibc
import Schedules
import Support

/// The schedule that logged learning rates follow.
///
/// Candidates are the constant and every decay of the grammar, over the whole run or as a cooldown, with
/// or without a floor and a linear warmup. A schedule must explain every record to its logged precision.
/// Parameters that the records leave open are resolved in favour of values that people type; if several
/// schedules remain plausible, none is recognised.
struct RecognisedSchedule {
  let spec: ScheduleSpec
  let baseLearningRate: Double

  /// The complexity by which the next explanation must exceed the simplest.
  private static let margin = 3

  /// The records that a search uses; its result is checked against all.
  private static let sampleSize = 400

  /// Finds the one plausible schedule; nil if there is none or several, or for fewer than four records.
  ///
  /// Takes O(records + the largest gap between two).
  init?(in log: RunLog, steps: Int, baseLearningRate: Double? = nil) {
    guard let rates = log.learningRate else { return nil }
    let timings = log.learningRateTiming.map { [$0] } ?? [.applied, .next]
    var found: [String: ScheduleHypothesis] = [:]
    // Rates with few digits may be exact; try that first.
    for isRounded in [false, true] where found.isEmpty {
      for timing in timings {
        guard
          let rows = LoggedRates(rates, timing: timing, steps: steps, isRounded: isRounded)
        else { continue }
        let search = ScheduleSearch(
          rows: rows.thinned(to: Self.sampleSize), baseLearningRate: baseLearningRate)
        for hypothesis in search.hypotheses() where hypothesis.explains(rows) {
          let known = found[hypothesis.text]?.complexity ?? .max
          if hypothesis.complexity < known { found[hypothesis.text] = hypothesis }
        }
      }
    }
    let ranked = found.values.sorted { $0.complexity < $1.complexity }
    guard let best = ranked.first,
      ranked.count == 1 || ranked[1].complexity >= best.complexity + Self.margin,
      let spec = try? ScheduleSpec(best.text)
    else { return nil }
    self.spec = spec
    self.baseLearningRate = best.peak
  }
}

/// A search for schedules that explain logged rates.
///
/// For each possible warmup and decay length, two records determine base learning rate and floor.
private struct ScheduleSearch {
  private let logged: LoggedRates
  private let baseLearningRate: Double?
  private let top: ClosedRange<Int>

  /// The most lengths tried; beyond that, only the rounder ones.
  private static let mostLengths = 20_000

  /// The largest fraction of the run in which an unlogged warmup counts as absent.
  private static let unseenWarmup = 0.05

  init(rows: LoggedRates, baseLearningRate: Double?) {
    logged = rows
    self.baseLearningRate = baseLearningRate
    let peak = rows.rows.map(\.rate).max() ?? 0
    let isTop = { (row: LoggedRates.Row) in row.agrees(with: peak, within: 2) }
    let first = rows.rows.firstIndex(where: isTop) ?? 0
    let last = rows.rows[first...].firstIndex { !isTop($0) } ?? rows.rows.count
    top = first...max(first, last - 1)
  }

  func hypotheses() -> [ScheduleHypothesis] {
    var found: [ScheduleHypothesis] = []
    for warmup in warmups(upTo: top.lowerBound + 1) {
      for decay in [Curve.linear, .cosine, .oneMinusSquareRoot] {
        // For a linear decay, any start gives the same line.
        guard decay != .linear || isTold(warmup) else { continue }
        if let next = hypothesis(warmup, decay, logged.steps - warmup) { found.append(next) }
      }
    }
    for warmup in warmupsBeforePlateau where isTold(warmup) {
      let peak = logged.rows[top.lowerBound].rate
      if let constant = hypothesis(warmup, nil, 0, .none, near: peak) { found.append(constant) }
      // One record at the peak is no plateau.
      guard top.count > 1 else { continue }
      for length in cooldowns where length < logged.steps - warmup {
        for decay in Curve.decays.map(\.curve) {
          if let next = hypothesis(warmup, decay, length) { found.append(next) }
        }
      }
    }
    return found
  }

  /// Whether the records determine the warmup's length, or leave little room for one.
  private func isTold(_ warmup: Int) -> Bool {
    let first = logged.rows[0].index
    return warmup > first + 1 || Double(first) <= Self.unseenWarmup * Double(logged.steps)
  }

  /// The warmups that end between the last record below the peak and a given record.
  private func warmups(upTo row: Int) -> [Int] {
    let before = top.lowerBound > 0 ? logged.rows[top.lowerBound - 1].index + 1 : 0
    let after = logged.rows[min(row, logged.rows.count - 1)].index + 1
    return Self.lengths(before...max(before, min(after, logged.steps - 1)))
  }

  /// The warmups before a plateau; one before the first record hardly matters.
  private var warmupsBeforePlateau: [Int] {
    if top.lowerBound == 0 { return [0] }
    return warmups(upTo: top.lowerBound).filter { warmup in
      ScheduleHypothesis(
        steps: logged.steps, warmup: warmup, decay: nil, length: 0, floor: .none,
        peak: logged.rows[top.lowerBound].rate
      ).explainsWarmup(logged)
    }
  }

  /// The cooldowns that begin between the last record at the peak and the next.
  private var cooldowns: [Int] {
    guard top.upperBound + 1 < logged.rows.count else { return [] }
    let longest = logged.steps - logged.rows[top.upperBound].index
    let shortest = logged.steps - logged.rows[top.upperBound + 1].index + 1
    guard shortest <= longest, shortest >= 1 else { return [] }
    return Self.lengths(shortest...longest)
  }

  private static func lengths(_ range: ClosedRange<Int>) -> [Int] {
    var unit = 1
    while range.count / unit > mostLengths { unit *= 10 }
    return range.filter { $0.isMultiple(of: unit) }
  }

  /// The schedule with a decay of that length, with no floor or the roundest that two records allow.
  private func hypothesis(_ warmup: Int, _ decay: Curve, _ length: Int)
    -> ScheduleHypothesis?
  {
    guard
      let first = logged.rows[max(0, top.lowerBound - 1)...].first(where: { $0.index >= warmup }),
      let last = logged.rows.last, last.index > first.index
    else { return nil }
    let start = logged.steps - length
    if decay == .exponential {
      guard first.index <= start, last.index > start else { return nil }
      let end = pow(last.rate / first.rate, Double(length) / Double(last.index - start))
      return ([.none] + Self.round(end).map { .ratio($0) }).lazy.compactMap {
        hypothesis(warmup, decay, length, $0, near: first.rate)
      }.first
    }
    func fraction(_ index: Int) -> Double {
      if index <= start { return 1 }
      return index < logged.steps ? decay.fraction(done: index - start, of: length) : 0
    }
    let (upper, lower) = (fraction(first.index), fraction(last.index))
    // rate = level + scale·fraction.
    let scale = (first.rate - last.rate) / (upper - lower)
    let level = last.rate - scale * lower
    // Most candidates already fail at a record between the two.
    guard upper > lower, scale > 0,
      logged.rows.allSatisfy({
        $0.index < warmup || $0.agrees(with: level + scale * fraction($0.index), within: 4)
      })
    else { return nil }
    let floors: [ScheduleHypothesis.Floor] =
      [.none] + Self.round(level / (level + scale)).map { .ratio($0) }
      + Self.round(level).map { .absolute($0) }
    return floors.lazy.compactMap { floor in
      let peak: Double
      switch floor {
      case .none: peak = first.rate / upper
      case .ratio(let ratio): peak = first.rate / (ratio + (1 - ratio) * upper)
      case .absolute(let rate): peak = rate + (first.rate - rate) / upper
      }
      return hypothesis(warmup, decay, length, floor, near: peak)
    }.first
  }

  /// A positive finite number rounded to one and to two digits; empty for others.
  private static func round(_ value: Double) -> [Double] {
    guard value > 1e-12, value.isFinite else { return [] }
    let first = rounded(value, digits: 1)
    let second = rounded(value, digits: 2)
    return first == second ? [first] : [first, second]
  }

  private func hypothesis(
    _ warmup: Int, _ decay: Curve?, _ length: Int, _ floor: ScheduleHypothesis.Floor,
    near peak: Double
  ) -> ScheduleHypothesis? {
    guard peak > 0, peak.isFinite else { return nil }
    let peaks =
      baseLearningRate.map { [$0] } ?? [1, 2, 3].map { rounded(peak, digits: $0) } + [peak]
    for peak in peaks {
      let hypothesis = ScheduleHypothesis(
        steps: logged.steps, warmup: warmup, decay: decay, length: length, floor: floor, peak: peak)
      if hypothesis.explains(logged) { return hypothesis }
    }
    return nil
  }
}
