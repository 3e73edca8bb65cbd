import ArgumentParser

/// `lrbound model`: the solvable model.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Exact SGD on power-law random features: losses, optimal schedules, phases.",
    discussion: """
        lrbound model loss wsd20 --steps 10000 --lr 0.05
        lrbound model optimal --steps 4096 --task 2,4,1 --cap 0.5
        lrbound model compare --steps 1024

      Feature k has variance k^−b and carries k^−a of the target; labels have noise σ². With a > b (easy) \
      the best learning rates fall with the horizon, with a < b (hard) they stay constant up to a cooldown \
      over a vanishing fraction of the run (arXiv 2602.04774). The model shows how far to trust the bound; its \
      exponents do not measure a real task.
      """,
    subcommands: [
      ModelLossCommand.self, ModelOptimalCommand.self, ModelCompareCommand.self,
      ModelBatchCommand.self, ModelMomentumCommand.self, ModelScalingCommand.self,
      ModelTransferCommand.self, ModelHorizonCommand.self,
    ])
}
