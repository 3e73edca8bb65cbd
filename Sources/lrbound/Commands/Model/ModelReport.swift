import Glibc
import Runs
import Schedules
import Support
import TheoryModel

/// What all commands of the theory model say alike.
enum ModelReport {
  /// What the model takes for granted.
  static let assumptions = [
    "least squares on Gaussian power-law features, one pass of SGD from zero; losses without the factor 1/2",
    "learning rates in units of 1/λ_1: compare ratios with those of a real run, never the steps",
  ]

  /// The first line.
  static func heading(_ what: String, _ model: FeatureModel) -> String {
    "\(what); a = \(decimalText(model.task.taskExponent)), b = \(decimalText(model.task.spectrumExponent)), σ² = \(significant(model.noise)), m = \(decimalText(model.task.batch)), \(grouped(model.features)) features"
  }

  /// What every JSON object holds.
  static func json(_ model: FeatureModel) -> [String: JSONValue] {
    var json: [String: JSONValue] = [
      "task": .object([
        "a": .number(model.task.taskExponent), "b": .number(model.task.spectrumExponent),
        "noise": .number(model.task.labelNoise), "batch": .number(model.task.batch),
      ]),
      "features": .integer(model.features), "noise": .number(model.noise),
      "stability_edge": .number(model.stabilityEdge),
    ]
    if let phase = try? Phase(of: model.task) { json["phase"] = Self.json(phase) }
    return json
  }

  /// A phase with its exponents: those by which things fall with T are positive.
  static func json(_ phase: Phase) -> JSONValue {
    .object([
      "name": .string(phase.kind.rawValue), "xi": .number(phase.horizonExponent),
      "delta": .number(phase.annealingPower), "loss_exponent": .number(phase.lossExponent),
      "constant_loss_exponent": .number(phase.constantLossExponent),
      "annealed_fraction_exponent": .number(phase.annealedFractionExponent),
    ])
  }

  /// The phase as a row of a table.
  static func phaseRow(_ model: FeatureModel) -> [String] {
    guard let phase = try? Phase(of: model.task) else {
      return ["phase", "none", "without label noise there are no phases"]
    }
    let what =
      phase.kind == .hard
      ? "best: constant, then (1 − t/T)^\(decimalText(phase.annealingPower)) over a vanishing part"
      : "best: T^−\(significant(phase.horizonExponent, 3))·(1 − t/T)^\(decimalText(phase.annealingPower))"
    return ["phase", phase.kind.rawValue, what]
  }

  /// What users should know of the task.
  static func diagnostics(_ model: FeatureModel) -> [Diagnostic] {
    guard model.task.labelNoise == 0 else { return [] }
    return [
      Diagnostic(
        code: "no-phases",
        message:
          "σ² = 0: without label noise there are no phases, ξ or δ; give a noise above 0 for them")
    ]
  }

  /// A diagnostic where a learning rate lies above the stability edge.
  static func edgeDiagnostic(_ rate: Double, _ model: FeatureModel) -> [Diagnostic] {
    let edge = model.stabilityEdge
    guard rate > edge else { return [] }
    return [
      Diagnostic(
        code: "above-stability-edge",
        message:
          "the learning rate \(significant(rate)) is above the stability edge \(significant(edge, 6)), beyond which a constant one diverges"
      )
    ]
  }

  /// Local slopes d ln y/d ln x between neighbours, as cells: the first has none.
  static func slopes(_ values: [Double], over arguments: [Double]) -> [String] {
    [""]
      + values.indices.dropFirst().map { index in
        let rise = log(values[index] / values[index - 1])
        return significant(rise / log(arguments[index] / arguments[index - 1]), 3)
      }
  }
}
