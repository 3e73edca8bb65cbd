/// The forms of the second-moment recursion of SGD on the model.
///
/// c is a mode's mean squared error, η the learning rate, m the batch, L the loss:
/// c ← decay·c + (η²/m)·λ·L.
public enum Recursion: String, CaseIterable, Sendable {
  /// Exact for Gaussian features: the decay is (1 − ηλ)² + η²λ²/m (derived here by Isserlis' theorem).
  case exact

  /// Without the fourth moment's part: (1 − ηλ)².
  case simplified

  /// The Euler steps of the limit of small learning rates: 1 − 2ηλ.
  case euler

  /// What stands before η²λ² in the decay.
  func curvature(batch: Double) -> Double {
    switch self {
    case .exact: return 1 + 1 / batch
    case .simplified: return 1
    case .euler: return 0
    }
  }
}
