import ArgumentParser
import Runs
import Schedules
import Support
import Transfer

/// How a base learning rate is carried to another horizon.
struct RuleOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "default (horizon exponent 1/3), bound (1/2) or calibrated (your own runs).",
      valueName: "rule"),
    completion: .list(["default", "bound", "calibrated"]))
  var rule = "default"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The calibration that lrbound fit wrote, for --rule calibrated.", valueName: "json"),
    completion: .file(extensions: ["json"]))
  var calibration: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("p in γ* ∝ T^-p at one shape, instead of 1/3.", valueName: "p"))
  var horizonExponent: String?

  /// The rule; nil where it is to be calibrated on a sweep.
  func parsed() throws -> TransferRule? {
    let exponent = try horizonExponent.map {
      try Arguments.number($0, "--horizon-exponent", in: 0...1)
    }
    if rule != "calibrated", calibration != nil {
      throw UsageError(
        "--calibration: the rule '\(printable(rule))' has no use for it; add --rule calibrated")
    }
    switch rule {
    case "default": return exponent.map { .standard(horizonExponent: $0) } ?? .standard()
    case "bound":
      guard exponent == nil else {
        throw UsageError(
          "--horizon-exponent: the rule 'bound' has exponent 1/2; leave one of the two out")
      }
      return .bound
    case "calibrated":
      guard exponent == nil else {
        throw UsageError(
          "--horizon-exponent: the rule 'calibrated' has its own; leave one of the two out")
      }
      return try calibration.map { .calibrated(try Calibration(contentsOf: $0)) }
    default:
      throw UsageError(
        "--rule '\(printable(rule))': no such rule; give default, bound or calibrated")
    }
  }
}

extension TransferRule {
  /// What the rule does, for people.
  var text: String {
    if let calibration {
      let exponents = calibration.exponents
      return
        "calibrated on \(calibration.sources.count) cells: (S/T)^-\(significant(exponents.stepSum, 3)) · "
        + "V^-\(significant(exponents.noiseSum, 3)) · T^-\(significant(exponents.horizon, 3))"
    }
    return name == "bound"
      ? "the bound itself: shape and horizon by γ* = D/√(SV)"
      : "shape by the bound, horizon by T^-\(significant(horizonExponent, 3))"
  }

  /// The rule for scripts.
  var json: JSONValue {
    .object(["name": .string(name), "horizon_exponent": .number(horizonExponent)])
  }
}
