/// What a column of a training log can be.
///
/// The raw value is the column's name in a normalised log.
public enum LogQuantity: String, CaseIterable, Sendable {
  /// The number of optimiser updates.
  case step

  /// The learning rate as the trainer took or logged it.
  case learningRate = "lr"

  /// The training loss, in nats, usually the mean since the record before.
  case loss

  /// The validation loss of the evaluations during the run, in nats, often over a part of the set.
  case validationLoss = "val_loss"

  /// The validation loss over the whole set, in nats, where the trainer logs that apart.
  case finalValidationLoss = "final_val_loss"

  /// The norm of the gradient before clipping: ℓ2 in all trainers known.
  case gradientNorm = "grad_norm"

  /// The quantity in words.
  public var name: String {
    switch self {
    case .step: return "step"
    case .learningRate: return "learning rate"
    case .loss: return "loss"
    case .validationLoss: return "validation loss"
    case .finalValidationLoss: return "final validation loss"
    case .gradientNorm: return "gradient norm"
    }
  }

  /// The names that trainers give it, in lower case, the preferred first; a final `*` stands for
  /// anything.
  ///
  /// A count of optimiser updates is preferred to one of micro-batches (`iter` of litgpt) or of calls
  /// of the logger (`_step` of Weights & Biases).
  var synonyms: [String] {
    switch self {
    case .step:
      return [
        "train/global_step", "trainer/global_step", "global_step", "step", "steps", "current_steps",
        "iteration", "iterations", "iter", "_step",
      ]
    case .learningRate:
      return [
        "lr", "learning_rate", "train/learning_rate", "learning-rate", "learning rate", "train/lr",
        "train_lr", "optim/learning_rate_group*", "optim/lr (group*", "lr-*", "lr/*", "lr_*",
        "learning_rate/*", "learning_rate_*", "train/lr-*", "train/lr/*",
        "train/lr_group*",
      ]
    case .loss:
      return [
        "loss", "train/loss", "train_loss", "training_loss", "training loss", "lm loss", "lm_loss",
        "train/ce loss", "train/crossentropyloss", "loss_metrics/global_avg_loss",
        "loss/train", "train_loss_step", "train/loss_step", "train_loss_epoch", "train/loss_epoch",
      ]
    case .validationLoss:
      return [
        "val_loss", "val/loss", "eval_loss", "eval/loss", "valid_loss", "valid/loss",
        "validation_loss", "validation/loss", "validation loss", "lm loss validation",
        "loss/val", "loss/valid", "loss/validation", "val_loss_epoch",
      ]
    case .finalValidationLoss: return ["final_val_loss", "final-val/loss", "final_val/loss"]
    case .gradientNorm:
      return [
        "grad_norm", "train/grad_norm", "grad-norm", "grad norm", "gradient_norm",
        "gradient norm", "optim/total grad norm", "optim/total_grad_norm", "train_grad_norm",
        "grad_2.0_norm_total", "norm", "norms",
      ]
    }
  }

  /// Whether trainers give some quantity this name.
  static func isKnown(_ name: String) -> Bool {
    allCases.contains { $0.synonyms.contains(name.lowercased()) }
  }
}
