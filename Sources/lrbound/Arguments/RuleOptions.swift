import ArgumentParser
import Support
import Transfer

/// How a base learning rate is carried to another horizon.
struct RuleOptions: ParsableArguments {
  /// The rules by name.
  enum Name: String, CaseIterable {
    case standard = "default"
    case bound
    case calibrated
    case absolute
  }

  @Option(
    "default (horizon and batch by the law), bound (p = 1/2), calibrated (your own runs) or, in transfer, absolute (no runs: public sweeps of language models, with --params).",
    "rule", completion: .list(Name.allCases.map(\.rawValue)), transform: Arguments.choice)
  var rule: Name?

  @Option(
    "The calibration that lrbound fit wrote, for --rule calibrated.", "json",
    completion: .file(extensions: ["json"]))
  var calibration: String?

  @Option(
    "p in γ* ∝ T^-p at one shape and batch, instead of the law's.", "p",
    transform: Arguments.number(in: -0.5...1))
  var horizonExponent: Double?

  func validate() throws {
    let name = rule ?? .standard
    if name != .calibrated, calibration != nil {
      throw InputError.usage(
        "--calibration: the rule '\(name.rawValue)' has no use for it", "add --rule calibrated")
    }
    if name != .standard, horizonExponent != nil {
      let own = name == .bound ? "has exponent 1/2" : "has its own"
      throw InputError.usage(
        "--horizon-exponent: the rule '\(name.rawValue)' \(own)", "leave one of the two out")
    }
  }

  /// The rule; nil where it is to be calibrated on a sweep.
  func read() throws -> TransferRule? {
    switch rule ?? .standard {
    case .standard, .absolute: horizonExponent.map { .exponent($0) } ?? .standard()
    case .bound: .bound
    case .calibrated: try calibration.map { .calibrated(try Calibration(contentsOf: $0)) }
    }
  }
}

/// A rule for scripts.
struct RuleEcho: Codable {
  let name: String
  let horizonExponent: Double

  init(_ rule: TransferRule, at horizon: Horizon, isAbsolute: Bool = false) {
    name = isAbsolute ? RuleOptions.Name.absolute.rawValue : rule.name
    horizonExponent = rule.horizonExponent(at: horizon)
  }
}

/// The model's size, for what public sweeps suggest.
struct ModelSizeOption: ParsableArguments {
  @Option(
    "Parameters of a language model without its embeddings, for what public sweeps suggest: 1B.",
    "n", transform: Arguments.count(in: 1_000...1_000_000_000_000_000))
  var params: Int?

  /// What public sweeps of models of other sizes suggest.
  var scale: AbsoluteScale? { params.map { AbsoluteScale(parameters: Double($0)) } }
}
