/// A quantity in a training log; the raw value is its column in a normalised log.
public enum LogQuantity: String, CaseIterable, Sendable {
  /// The number of optimiser updates.
  case step

  /// The learning rate as logged.
  case learningRate = "lr"

  /// The training loss in nats, usually the mean since the previous record.
  case loss

  /// The validation loss during the run in nats, often over a subset.
  case validationLoss = "val_loss"

  /// The loss over the whole validation set in nats, where logged separately.
  case finalValidationLoss = "final_val_loss"

  /// The gradient norm before clipping, ℓ2 in all known trainers.
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

  /// The losses that can judge a run, best first.
  static let judges: [LogQuantity] = [.finalValidationLoss, .validationLoss, .loss]
}
