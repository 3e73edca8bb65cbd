import TestSupport
import Testing
import TheoryModel

/// The loss by its Volterra equation, an independent way that never forms the modes' errors.
@Suite struct VolterraTests {
  /// L_t = σ² + Σ_k k^−a·Φ_k(t, 0) + Σ_{s<t} (η_s²/m_s)·[Σ_k λ_k²·Φ_k(t, s + 1)]·L_s.
  static func losses(
    _ task: ModelTask, features: Int, rates: [Double], batches: [Double], recursion: Recursion
  ) -> [Double] {
    let eigenvalues = (1...features).map { power(Double($0), -task.spectrumExponent) }
    let starts = (1...features).map { power(Double($0), -task.taskExponent) }
    func decay(_ step: Int, _ eigenvalue: Double) -> Double {
      let (rate, batch) = (rates[step], batches[step])
      let small = rate * eigenvalue
      switch recursion {
      case .exact: return (1 - small) * (1 - small) + small * small / batch
      case .simplified: return (1 - small) * (1 - small)
      case .euler: return 1 - 2 * small
      }
    }
    var losses: [Double] = []
    for time in 0...rates.count {
      var loss = task.labelNoise
      for (eigenvalue, start) in zip(eigenvalues, starts) {
        var factor = 1.0
        for step in (0..<time).reversed() {
          let noise = rates[step] * rates[step] / batches[step]
          loss += noise * eigenvalue * eigenvalue * factor * losses[step]
          factor *= decay(step, eigenvalue)
        }
        loss += start * factor
      }
      losses.append(loss)
    }
    return losses
  }

  @Test(arguments: Recursion.allCases)
  func agrees(_ recursion: Recursion) throws {
    let task = try ModelTask(
      taskExponent: 1.5, spectrumExponent: 2.5, noise: .variance(0.5), batch: 4)
    let rates = ReferenceTests.rates("wiggle", spectrumExponent: 2.5)
    let model = try FeatureModel(task: task, features: 16)
    let found = try model.losses(
      learningRates: rates, batches: ReferenceTests.rising, recursion: recursion)
    let expected = Self.losses(
      task, features: 16, rates: rates, batches: ReferenceTests.rising, recursion: recursion)
    for (loss, value) in zip(found, expected) {
      #expect(relativeError(loss.loss, value) < 1e-14)
    }
  }
}
