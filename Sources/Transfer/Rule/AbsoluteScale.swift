import Glibc
import Schedules
import Support

/// The base learning rate of a language model where no run of the user's tells: a sanity check.
///
///     γ*(N, B, D) = e^(−10.22) · (N/5·10⁸)^(−0.64) · D^(1/6)/√(1 + (1.9·√D/B)²)
///
/// for a cosine schedule and N parameters without the embeddings. Fitted to 157 tuned learning rates of five
/// dense models of 0.2 to 1.07 billion parameters (2503.04715: AdamW, weight decay 0.1, standard
/// parametrisation, cosine to 10⁻⁵), where it is off by 0.15 in ln γ. Between code bases it is off by far more.
public struct AbsoluteScale: Equatable, Sendable {
  /// N, the parameters without the embeddings.
  public let parameters: Double

  /// The standard deviation of ln γ* between code bases.
  public static let logDeviation = 0.45

  /// The parameters of the fitted models.
  public static let seenParameters = 2e8...1.1e9

  /// Takes the parameters of the model, positive.
  public init(parameters: Double) { self.parameters = parameters }

  /// Returns the tuned base learning rate of a run: that of a cosine run, by the bound's ratio of the shapes.
  ///
  /// Throws `InputError` if the batch is unknown or the schedule does not fit.
  public func source(of run: TrainingRun) throws -> TransferQuestion.Source {
    guard let batch = run.batchTokens else {
      throw InputError(
        problem: "the absolute scale needs the batch", hint: "give the tokens in a step")
    }
    let law = HorizonBatchLaw().logRate(at: run.horizon)
    let rate = exp(-10.22 - 0.64 * log(parameters / 5e8) + law)
    let cosine = TrainingRun(try ScheduleSpec("cosine"), steps: run.steps, batchTokens: batch)
    let answer = try TransferQuestion(
      from: cosine, to: run, source: .tuned(rate, logDeviation: Self.logDeviation)
    ).answer()
    return .tuned(
      answer.to.baseLearningRate ?? rate, logDeviation: answer.uncertainty.total.above)
  }

  /// Where the number comes from, and what it was not fitted to.
  public func caveats(at horizon: Horizon) -> [Diagnostic] {
    var caveats = [
      Diagnostic(
        code: "absolute-scale",
        message:
          "no run of yours stands behind this learning rate: it is that of public sweeps of five dense language models (2503.04715; 0.2B to 1.07B parameters, 2B to 100B tokens, AdamW, weight decay 0.1), and tells one that is 3x off, not 1.3x"
      )
    ]
    let tokens = horizon.tokens ?? .nan
    if !Self.seenParameters.contains(parameters) || !(1e9...2e11).contains(tokens) {
      caveats.append(
        Diagnostic(
          code: "beyond-the-sweeps",
          message:
            "\(significant(parameters, 3)) parameters and \(significant(tokens, 3)) tokens lie outside those sweeps"
        ))
    }
    return caveats
  }
}
