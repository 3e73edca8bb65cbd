import Glibc
import Schedules

/// Searches for the schedules that explain logged learning rates: of each warmup and length of the decay
/// that the records allow, the base learning rate and the floor follow from two records.
struct ScheduleSearch {
  private let logged: LoggedRates

  /// γ, where it is known.
  private let baseLearningRate: Double?

  /// The first and the last of the records at the peak.
  private let top: ClosedRange<Int>

  /// How many lengths are tried at most; of more, the rounder ones.
  private static let mostLengths = 20_000

  /// A warmup before the first record is taken for none only within this part of the run.
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

  /// The schedules found; each explains the records.
  func hypotheses() -> [ScheduleHypothesis] {
    var found: [ScheduleHypothesis] = []
    for warmup in warmups(upTo: top.lowerBound + 1) {
      for decay in [CooldownDecay.linear, .cosine, .oneMinusSquareRoot] {
        // A line looks the same whenever it began.
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
        for decay in CooldownDecay.allCases {
          if let next = hypothesis(warmup, decay, length) { found.append(next) }
        }
      }
    }
    return found
  }

  /// Whether the records show a warmup, or leave little room for one.
  private func isTold(_ warmup: Int) -> Bool {
    let first = logged.rows[0].index
    return warmup > first + 1 || Double(first) <= Self.unseenWarmup * Double(logged.steps)
  }

  /// The warmups that end between the last record below the peak and some record.
  private func warmups(upTo row: Int) -> [Int] {
    let before = top.lowerBound > 0 ? logged.rows[top.lowerBound - 1].index + 1 : 0
    let after = logged.rows[min(row, logged.rows.count - 1)].index + 1
    return Self.lengths(before...max(before, min(after, logged.steps - 1)))
  }

  /// The warmups that lead from the records below the peak up to it; one before the first record changes
  /// nothing that is logged of a plateau.
  private var warmupsBeforePlateau: [Int] {
    if top.lowerBound == 0 { return [0] }
    return warmups(upTo: top.lowerBound).filter { warmup in
      ScheduleHypothesis(
        steps: logged.steps, warmup: warmup, decay: nil, length: 0, floor: .none,
        peak: logged.rows[top.lowerBound].rate
      ).explainsWarmup(logged)
    }
  }

  /// The cooldowns that begin between the last record at the peak and the first below it.
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

  /// The schedule with a decay of that length: without a floor, else with the roundest near to what two
  /// records ask for.
  private func hypothesis(_ warmup: Int, _ decay: CooldownDecay, _ length: Int)
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
    func part(_ index: Int) -> Double {
      if index <= start { return 1 }
      return index < logged.steps ? decay.shape.value(step: index - start, of: length, floor: 0) : 0
    }
    let (upper, lower) = (part(first.index), part(last.index))
    // rate = level + scale·part.
    let scale = (first.rate - last.rate) / (upper - lower)
    let level = last.rate - scale * lower
    // Most fail at some record between the two.
    guard upper > lower, scale > 0,
      logged.rows.allSatisfy({
        $0.index < warmup || $0.agrees(with: level + scale * part($0.index), within: 4)
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

  /// A positive number rounded to one and to two digits; none for what is no such number.
  private static func round(_ value: Double) -> [Double] {
    guard value > 1e-12, value.isFinite else { return [] }
    let first = rounded(value, digits: 1)
    let second = rounded(value, digits: 2)
    return first == second ? [first] : [first, second]
  }

  /// The schedule with the base learning rate that is given, or with the roundest near to a value, where
  /// it explains the records.
  private func hypothesis(
    _ warmup: Int, _ decay: CooldownDecay?, _ length: Int, _ floor: ScheduleHypothesis.Floor,
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
