/// The column names of all readers, in lower case, preferred first.
enum ColumnNames {
  private static let rates = ["lr", "learning_rate"]

  // MARK: - Logs

  /// The names that trainers use; a final `*` matches any ending.
  ///
  /// Optimiser updates precede micro-batches (litgpt's `iter`) and logger calls (`_step` of Weights &
  /// Biases).
  static func logged(_ quantity: LogQuantity) -> [String] {
    switch quantity {
    case .step:
      return [
        "train/global_step", "trainer/global_step", "global_step", "step", "steps", "current_steps",
        "iteration", "iterations", "iter", "_step",
      ]
    case .learningRate:
      return rates + [
        "train/learning_rate", "learning-rate", "learning rate", "train/lr", "train_lr",
        "optim/learning_rate_group*", "optim/lr (group*", "lr-*", "lr/*", "lr_*",
        "learning_rate/*", "learning_rate_*", "train/lr-*", "train/lr/*", "train/lr_group*",
      ]
    case .loss:
      return [
        "loss", "train/loss", "train_loss", "training_loss", "training loss", "lm loss", "lm_loss",
        "train/ce loss", "train/crossentropyloss", "loss_metrics/global_avg_loss", "loss/train",
        "train_loss_step", "train/loss_step", "train_loss_epoch", "train/loss_epoch",
      ]
    case .validationLoss:
      return [
        "val_loss", "val/loss", "eval_loss", "eval/loss", "valid_loss", "valid/loss",
        "validation_loss", "validation/loss", "validation loss", "lm loss validation", "loss/val",
        "loss/valid", "loss/validation", "val_loss_epoch",
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

  // MARK: - One value a step

  static let scheduleStep = ["step", "steps", "t", "iter", "iteration", "_step"]

  static let scheduleValue =
    rates + [
      "base_lr", "multiplier", "eta", "value", "values", "schedule", "multipliers",
      "learning_rates", "train_lr",
    ]

  static let normValue = [
    "grad_norm", "gradient_norm", "grad-norm", "norm", "norms", "value", "values",
  ]

  // MARK: - Loss curves

  static let curveStep = ["step", "iter", "iteration", "global_step"]
  static let curveRate = rates + ["train_lr"]
  static let curveLoss = ["loss", "train_loss", "val_loss"]

  // MARK: - Sweeps

  static let spec = ["spec", "schedule"]
  static let family = ["family"]
  static let cooldown = ["cooldown"]
  static let runSteps = ["steps", "horizon"]
  static let batchTokens = ["batch_tokens", "tokens_per_step"]
  static let baseRate = ["base_lr"] + rates
  static let seed = ["seed"]
  static let finalLoss = ["final_loss"] + LogQuantity.judges.flatMap(logged)

  static let sweepOnly: Set = [
    "spec", "schedule", "family", "cooldown", "horizon", "base_lr", "final_loss",
  ]

  // MARK: - Tuned learning rates

  static let tunedRate = ["tuned_lr", "optimum"]
  static let logDeviation = ["log_sd"]
  static let curvature = ["curvature"]
  static let runTokens = ["tokens"]

  /// What was measured in a cell, which says nothing about its model.
  static let measurement = Set(
    ["least_loss", "swept", "noise", "seeds", "runs", "file"] + seed + finalLoss
      + ["interval_low", "interval_high", "bound", "steep", "parabola"])
}
