/// A trainer or library for which a schedule can be written.
public enum ExportTarget: String, CaseIterable, Sendable {
  /// Hugging Face TrainingArguments, as JSON.
  case huggingFace = "hf"

  /// A PyTorch module with a LambdaLR.
  case torch

  /// A Python module with an optax schedule.
  case optax

  /// Megatron-LM's flags.
  case megatron

  /// torchtitan's flags.
  case torchTitan = "torchtitan"

  /// OLMo-core's configuration, as JSON.
  case olmoCore = "olmo-core"

  /// nanotron's configuration, as JSON (and so as YAML).
  case nanotron

  /// The dialect that reads the export back; nil for code.
  var dialect: Dialect? {
    switch self {
    case .huggingFace: return .huggingFace
    case .torch, .optax: return nil
    case .megatron: return .megatron
    case .torchTitan: return .torchTitan
    case .olmoCore: return .olmoCore
    case .nanotron: return .nanotron
    }
  }
}

/// Why a schedule cannot be written for a trainer, in one line.
public struct ExportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The trainer.
  public let target: ExportTarget

  /// What it cannot express.
  public let problem: String

  /// What to do instead.
  public let hint: String

  init(
    _ target: ExportTarget, problem: String,
    hint: String = "export torch or optax, which express any schedule"
  ) {
    self.target = target
    self.problem = problem
    self.hint = hint
  }

  /// The error as one line.
  public var description: String { "--export \(target.rawValue): \(problem); \(hint)" }
}

/// A schedule written for a trainer.
public struct ScheduleExport: Equatable, Sendable {
  /// The code, the flags or the configuration, without a final line break.
  public let text: String

  /// Where the trainer's conventions differ from the schedule.
  public let remarks: [ScheduleFinding]
}
