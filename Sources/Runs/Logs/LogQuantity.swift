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

  /// The validation loss of the evaluations during the run, in nats, often over a subset.
  case validationLoss = "val_loss"

  /// The validation loss over the whole set, in nats, where the trainer logs it separately.
  case finalValidationLoss = "final_val_loss"

  /// The gradient norm before clipping: ℓ2 in all known trainers.
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

  /// The losses by which a run is judged, the best first.
  static let judges: [LogQuantity] = [.finalValidationLoss, .validationLoss, .loss]
}
