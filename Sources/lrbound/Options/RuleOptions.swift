import ArgumentParser
import Schedules
import Transfer

/// How a base learning rate is carried to another horizon.
struct RuleOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("default (horizon exponent 1/3) or bound (1/2).", valueName: "rule"),
    completion: .list(["default", "bound"]))
  var rule = "default"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("p in γ* ∝ T^-p at one shape, instead of 1/3.", valueName: "p"))
  var horizonExponent: String?

  /// The rule.
  func parsed() throws -> TransferRule {
    let exponent = try horizonExponent.map {
      try Arguments.number($0, "--horizon-exponent", in: 0...1)
    }
    switch rule {
    case "default": return exponent.map { .standard(horizonExponent: $0) } ?? .standard()
    case "bound":
      guard exponent == nil else {
        throw UsageError(
          "--horizon-exponent: the rule 'bound' has exponent 1/2; leave one of the two out")
      }
      return .bound
    default:
      throw UsageError("--rule '\(printable(rule))': no such rule; give default or bound")
    }
  }
}

extension TransferRule {
  /// What the rule does, for people.
  var text: String {
    name == "bound"
      ? "the bound itself: shape and horizon by γ* = D/√(SV)"
      : "shape by the bound, horizon by T^-\(significant(horizonExponent, 3))"
  }

  /// The rule for scripts.
  var json: JSONValue {
    .object(["name": .string(name), "horizon_exponent": .number(horizonExponent)])
  }
}
