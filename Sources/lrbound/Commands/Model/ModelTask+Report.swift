import Support
import TheoryModel

/// An answer beside the model that it is of: one object with the members of both.
struct OnModel<Answer: Codable>: Codable {
  let model: ModelEcho
  let answer: Answer

  init(_ model: FeatureModel, _ answer: Answer) {
    self.model = ModelEcho(model)
    self.answer = answer
  }

  init(from decoder: any Decoder) throws {
    model = try ModelEcho(from: decoder)
    answer = try Answer(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    try model.encode(to: encoder)
    try answer.encode(to: encoder)
  }
}

/// What every report of the theory model says of it.
struct ModelEcho: Codable {
  let task: TaskEcho
  let features: Int
  let noise: Double
  let stabilityEdge: Double
  let phase: PhaseEcho?

  init(_ model: FeatureModel) {
    task = TaskEcho(model.task)
    (features, noise, stabilityEdge) = (model.features, model.noise, model.stabilityEdge)
    phase = (try? Phase(of: model.task)).map(PhaseEcho.init)
  }
}

/// A task for scripts.
struct TaskEcho: Codable {
  let a: Double
  let b: Double
  let noise: Double
  let batch: Double

  init(_ task: ModelTask) {
    (a, b) = (task.taskExponent, task.spectrumExponent)
    (noise, batch) = (task.labelNoise, task.batch)
  }
}

/// A phase with its exponents: those by which things fall with T are positive.
struct PhaseEcho: Codable {
  let name: String
  let xi: Double
  let delta: Double
  let lossExponent: Double
  let constantLossExponent: Double
  let annealedFractionExponent: Double

  init(_ phase: Phase) {
    name = phase.kind.rawValue
    (xi, delta) = (phase.horizonExponent, phase.annealingPower)
    (lossExponent, constantLossExponent) = (phase.lossExponent, phase.constantLossExponent)
    annealedFractionExponent = phase.annealedFractionExponent
  }
}

/// What the model takes for granted.
let modelAssumptions = [
  "least squares on Gaussian power-law features, one pass of SGD from zero; losses without the factor 1/2",
  "learning rates in units of 1/λ_1: compare ratios with those of a real run, never the steps",
]

extension FeatureModel {
  /// The first line of a report, which names the task's batch unless the report has its own.
  func heading(_ what: String, hasBatch: Bool = true) -> TextBlock {
    let batch = hasBatch ? "m = \(decimalText(task.batch)), " : ""
    return .lines([
      "\(what); a = \(decimalText(task.taskExponent)), b = \(decimalText(task.spectrumExponent)), σ² = \(significant(noise)), \(batch)\(grouped(features)) features"
    ])
  }

  /// The phase as a row of a table.
  var phaseRow: [String] {
    guard let phase = try? Phase(of: task) else {
      return ["phase", "none", "without label noise there are no phases"]
    }
    let power = significant(phase.annealingPower, 6)
    return [
      "phase", phase.kind.rawValue,
      phase.kind == .hard
        ? "best: constant, then (1 − t/T)^\(power) over a vanishing fraction"
        : "best: T^−\(significant(phase.horizonExponent, 3))·(1 − t/T)^\(power)",
    ]
  }

  /// What users should know of the task.
  var diagnostics: [Diagnostic] {
    guard task.labelNoise == 0 else { return [] }
    return [
      Diagnostic(
        code: "no-phases",
        message:
          "σ² = 0: without label noise there are no phases, ξ or δ; give a noise above 0 for them")
    ]
  }
}
