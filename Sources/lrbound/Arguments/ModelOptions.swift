import ArgumentParser
import Support
import TheoryModel

/// The task of the theory model, its features and the highest learning rate.
struct ModelOptions: ParsableArguments {
  @Option(
    "Task exponent a, spectrum exponent b, label noise (σ², or 10% of the loss before training), batch m (1 without it); 3,1.5,1.",
    "a,b,noise,batch", transform: Arguments.modelTask)
  var task: ModelTask?

  @Option("Number of features, N; 1e6.", "n", transform: Arguments.features)
  var features: Int?

  @Flag(help: "Count the target's part beyond the features as noise.")
  var tail = false

  @Option(
    "The highest learning rate, in units of 1/λ_1; the stability edge without it.", "eta",
    transform: Arguments.learningRate)
  var cap: Double?

  /// a, b, σ² and m.
  var usedTask: ModelTask { get throws { try task ?? Arguments.modelTask("3,1.5,1") } }

  /// The task on its features.
  var model: FeatureModel {
    get throws {
      try FeatureModel(task: usedTask, features: features ?? 1_000_000, includesTail: tail)
    }
  }
}

extension Arguments {
  /// A task of the theory model.
  @Sendable static func modelTask(_ text: String) throws -> ModelTask { try ModelTask(text) }

  /// A number of features.
  @Sendable static func features(_ text: String) throws -> Int {
    try count(in: 2...FeatureModel.mostFeatures)(text)
  }
}
