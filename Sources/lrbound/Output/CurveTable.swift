import Bound
import Schedules
import Support

/// The bounds Ω_t of a run at some of its steps, for one or more base learning rates.
struct CurveTable {
  let steps: [Int]
  let gammas: [Double]

  /// One list of bounds a base learning rate.
  let bounds: [[Double]]

  /// The most steps of a curve that is printed as JSON, which is held as a whole.
  static let mostJSONSteps = 2_000_000

  /// Every step of the run.
  init(of schedule: Schedule, gammas: [Double], norms: GradientNorms, distance: Double) throws {
    let curve = try BoundCurve(of: schedule, gradientNorms: norms)
    steps = Array(curve.firstStep...schedule.steps)
    self.gammas = gammas
    bounds = try gammas.map { try curve.bounds(at: $0, distance: distance) }
  }

  /// Chosen steps; each is one pass, so that few steps of a very long run are cheap.
  init(
    of schedule: Schedule, at chosen: [Int], gammas: [Double], norms: GradientNorms,
    distance: Double
  ) throws {
    var terms: [BoundTerms] = []
    for step in chosen {
      guard
        let here = try BoundTerms.lastIterate(of: schedule, at: step, gradientNorms: norms)
      else {
        throw UsageError("--at '\(step)': the schedule has not moved by then; give a later step")
      }
      terms.append(here)
    }
    steps = chosen
    self.gammas = gammas
    bounds = try gammas.map { gamma in try terms.map { try $0.bound(at: gamma, distance: distance) }
    }
  }

  /// `{step, omega}`, or for several base learning rates `{step, gamma, omega}` with a list each.
  var json: JSONValue {
    let lists = bounds.map { JSONValue.array($0.map { .number($0) }) }
    var members: [String: JSONValue] = ["step": .array(steps.map { .integer($0) })]
    if gammas.count == 1 {
      members["omega"] = lists[0]
    } else {
      members["gamma"] = .array(gammas.map { .number($0) })
      members["omega"] = .array(lists)
    }
    return .object(members)
  }

  /// Writes the CSV table in blocks of rows, so that a long one takes little memory.
  func writeCSV(_ write: (String) throws -> Void) throws {
    let names = gammas.count == 1 ? ["omega"] : gammas.map { "omega_\(decimalText($0))" }
    var block = (["step"] + names).joined(separator: ",") + "\n"
    for (index, step) in steps.enumerated() {
      block += "\(step)"
      for bounds in bounds { block += ",\(bounds[index])" }
      block += "\n"
      if block.utf8.count > 1 << 16 {
        try write(block)
        block = ""
      }
    }
    try write(block)
  }

  /// At most twenty rows, evenly spread over the steps.
  var text: [String] {
    let count = min(20, steps.count)
    let shown = (1...count).map { $0 * steps.count / count - 1 }
    let names = gammas.map { "Ω_t at γ = \(significant($0))" }
    return columns(
      [["t"] + names]
        + shown.map { index in
          [grouped(steps[index])] + bounds.map { significant($0[index], 6) }
        })
  }
}
