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
        throw InputError.usage(
          "--at '\(step)': the schedule has not moved by then", "give a later step")
      }
      terms.append(here)
    }
    steps = chosen
    self.gammas = gammas
    bounds = try gammas.map { gamma in try terms.map { try $0.bound(at: gamma, distance: distance) }
    }
  }

  /// The curve for scripts.
  var body: CurveBody {
    gammas.count == 1
      ? CurveBody(step: steps, gamma: nil, omega: .one(bounds[0]))
      : CurveBody(step: steps, gamma: gammas, omega: .several(bounds))
  }

  /// Writes the CSV table in blocks of rows, so that a long one takes little memory.
  func writeCSV(_ write: (String) throws -> Void) throws {
    let names = gammas.count == 1 ? ["omega"] : gammas.map { "omega_\(decimalText($0))" }
    var block = (["step"] + names).joined(separator: ",") + "\n"
    for (index, step) in steps.enumerated() {
      block += "\(step)"
      for bounds in bounds { block += ",\(cell(bounds[index]))" }
      block += "\n"
      if block.utf8.count > 1 << 16 {
        try write(block)
        block = ""
      }
    }
    try write(block)
  }

  /// At most twenty rows, evenly spread over the steps.
  var rows: [[String]] {
    let count = min(20, steps.count)
    let shown = (1...count).map { $0 * steps.count / count - 1 }
    return [["t"] + gammas.map { "Ω_t at γ = \(significant($0))" }]
      + shown.map { index in
        [grouped(steps[index])] + bounds.map { significant($0[index], 6) }
      }
  }
}

/// The bounds Ω_t for scripts; with several base learning rates a list each.
struct CurveBody: Codable {
  /// Bounds at one base learning rate or at several.
  enum Bounds: Codable {
    case one([Double])
    case several([[Double]])

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .one(let bounds): try bounds.encode(to: encoder)
      case .several(let bounds): try bounds.encode(to: encoder)
      }
    }

    init(from decoder: any Decoder) throws { self = .one(try [Double](from: decoder)) }
  }

  let step: [Int]
  let gamma: [Double]?
  let omega: Bounds
}
