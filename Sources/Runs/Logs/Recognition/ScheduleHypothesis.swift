import Schedules
import Support

struct ScheduleHypothesis {
  enum Floor: Equatable {
    case none
    case ratio(Double)
    case absolute(Double)
  }

  let steps: Int
  let warmup: Int
  let decay: Curve?
  let length: Int
  let floor: Floor
  let peak: Double

  private var isWhole: Bool { length == steps - warmup }

  /// The learning rate at an index after the warmup; index T follows the last update.
  func rate(at index: Int) -> Double {
    let done = index - (steps - length)
    guard let decay, done > 0 else { return peak }
    if decay == .exponential {
      return peak * Curve.geometric(ratio: end).fraction(done: min(done, length), of: length)
    }
    let fraction = done < length ? decay.fraction(done: done, of: length) : 0
    return peak * (end + (1 - end) * fraction)
  }

  private var end: Double {
    switch floor {
    case .none: return decay == .exponential ? Curve.exponentialFloor : 0
    case .ratio(let ratio): return ratio
    case .absolute(let rate): return rate / peak
    }
  }

  /// Whether every record agrees, and enough of them show the decay.
  func explains(_ logged: LoggedRates) -> Bool {
    for row in logged.rows where row.index >= warmup {
      guard row.agrees(with: rate(at: row.index)) else { return false }
    }
    guard explainsWarmup(logged) else { return false }
    guard decay != nil else { return true }
    let start = steps - length
    let within = logged.rows.count { $0.index > start && $0.index < steps }
    return within >= 2 || within == 1 && lengthComplexity <= 1
  }

  /// Whether the warmup's records lie on a line from 0 or 1/W or, if three or more, from below the peak.
  func explainsWarmup(_ logged: LoggedRates) -> Bool {
    let rising = logged.rows.prefix { $0.index < warmup }
    guard let first = rising.first else { return true }
    func lie(on line: (Int) -> Double) -> Bool {
      rising.allSatisfy { $0.agrees(with: line($0.index)) }
    }
    let slope = peak / Double(warmup)
    if lie(on: { slope * Double($0) }) || lie(on: { slope * Double($0 + 1) }) { return true }
    let steepness = (peak - first.rate) / Double(warmup - first.index)
    return rising.count >= 3 && first.rate > steepness * Double(first.index)
      && lie { peak - steepness * Double(warmup - $0) }
  }

  /// How far its parameters are from values that people type.
  var complexity: Int {
    let numbers = warmupComplexity + rateComplexity + floorComplexity
    switch decay {
    case nil: return numbers
    case .linear: return numbers + lengthComplexity
    case .cosine where isWhole: return numbers
    case .cosine, .oneMinusSquareRoot: return numbers + lengthComplexity + 1
    default: return numbers + lengthComplexity + 2
    }
  }

  private var warmupComplexity: Int {
    if warmup == 0 { return 0 }
    if isPercentage(warmup, 1) || decimalDigits(Double(warmup)).count == 1 { return 2 }
    return warmup.isMultiple(of: 10) ? 3 : 5
  }

  private var lengthComplexity: Int {
    if isWhole { return 0 }
    if isPercentage(length, 5) { return 1 }
    if isPercentage(length, 1) || decimalDigits(Double(length)).count <= 2 { return 2 }
    return length.isMultiple(of: 10) ? 3 : 6
  }

  private var rateComplexity: Int {
    let digits = decimalDigits(peak).count
    return digits <= 2 ? digits - 1 : digits == 3 ? 3 : 6
  }

  private var floorComplexity: Int {
    switch floor {
    case .none: return 0
    case .ratio(let ratio): return decimalDigits(ratio).count + 1
    case .absolute(let rate): return decimalDigits(rate).count + 2
    }
  }

  private func isPercentage(_ length: Int, _ unit: Int) -> Bool {
    percentage(of: length)?.isMultiple(of: unit) ?? false
  }

  private func percentage(of length: Int) -> Int? {
    let percentage = (100 * Double(length) / Double(steps)).rounded()
    let isExact = (percentage / 100 * Double(steps)).rounded() == Double(length)
    return isExact ? Int(percentage) : nil
  }

  var text: String {
    var options: [String] = []
    let name: String
    switch decay {
    case nil: name = "constant"
    case .linear where isWhole: name = "linear"
    case .cosine where isWhole: name = "cosine"
    case .oneMinusSquareRoot where isWhole: name = "1-sqrt"
    case let decay?:
      name = "wsd"
      options.append("cooldown=" + (percentage(of: length).map { "\($0)%" } ?? "\(length)steps"))
      if decay != .linear { options.append("decay=\(decay.decayName ?? "")") }
    }
    switch floor {
    case .none: break
    case .ratio(let ratio): options.append("min=\(decimalText(ratio))")
    case .absolute(let rate): options.append("min-lr=\(decimalText(rate))")
    }
    if warmup > 0 { options.append("warmup=\(warmup)steps") }
    return options.isEmpty ? name : "\(name):\(options.joined(separator: ","))"
  }
}
