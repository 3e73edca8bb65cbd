import Schedules
import Support

/// The known settings of a run.
public struct RunSettings: Equatable, Sendable {
  /// The schedule.
  public var spec: ScheduleSpec?

  /// The number of steps.
  public var steps: Int?

  /// B, the tokens in a step.
  public var batchTokens: Int?

  /// γ, positive.
  public var baseLearningRate: Double?

  /// Creates settings; nil means unknown.
  public init(
    spec: ScheduleSpec? = nil, steps: Int? = nil, batchTokens: Int? = nil,
    baseLearningRate: Double? = nil
  ) {
    self.spec = spec
    self.steps = steps
    self.batchTokens = batchTokens
    self.baseLearningRate = baseLearningRate
  }

  func completed(by other: RunSettings?) -> RunSettings {
    RunSettings(
      spec: spec ?? other?.spec, steps: steps ?? other?.steps,
      batchTokens: batchTokens ?? other?.batchTokens,
      baseLearningRate: baseLearningRate ?? other?.baseLearningRate)
  }

  static func steps(_ number: Double) -> Int? {
    Int(exactly: number).flatMap { (1...ScheduleSpec.mostSteps).contains($0) ? $0 : nil }
  }
}

extension RawLog {
  /// Takes the batch and the number of steps that a trainer's configuration states.
  ///
  /// What is known already stays. A batch that is invalid or contradicts itself is left out and noted.
  mutating func take(configuration: ParameterValue) {
    var stated = RunSettings()
    do {
      stated.batchTokens = try configuration.batchTokens()
    } catch {
      if case .key(let key) = error.position { repairs.note(.unusableBatch, 1, columns: [key]) }
    }
    stated.steps = configuration.statedSteps(batchTokens: stated.batchTokens)
    guard stated != RunSettings() else { return }
    settings = settings?.completed(by: stated) ?? stated
  }

  /// Takes the configurations among the members of a JSON object.
  mutating func take(configurationsIn members: [(name: String, value: JSONTree)]) {
    for member in members where member.name == "config" || member.name == "args" {
      if let value = ParameterValue(member.value) { take(configuration: value) }
    }
  }
}

extension ParameterValue {
  /// T as Megatron-LM, torchtitan, nanotron or OLMo-core state it: in steps, samples or tokens.
  ///
  /// Megatron-LM drops a last batch that is not full; tokens are rounded up to a step.
  fileprivate func statedSteps(batchTokens: Int?) -> Int? {
    func number(_ key: String) -> Double? {
      value(at: key)?.number.flatMap { $0 > 0 ? $0 : nil }
    }
    for key in ["train_iters", "training.steps", "tokens.train_steps"] {
      if let steps = number(key) { return RunSettings.steps(steps) }
    }
    if let samples = number("train_samples"), !variesBatch {
      return number("global_batch_size").flatMap {
        RunSettings.steps((samples / $0).rounded(.down))
      }
    }
    let isInTokens = value(at: "trainer.max_duration.unit") == .text("tokens")
    let duration = isInTokens ? number("trainer.max_duration.value") : nil
    guard let batchTokens,
      let tokens = (number("train_tokens") ?? duration).flatMap(Int.init(exactly:))
    else { return nil }
    return try? RunLength(tokens: tokens, batchTokens: batchTokens).steps
  }
}
