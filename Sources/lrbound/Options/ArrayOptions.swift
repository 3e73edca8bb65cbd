import ArgumentParser
import Search

/// How trials are handed to Slurm.
struct ArrayOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Trials that one task runs, one after the other; 1.", valueName: "n"))
  var chunk: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Tasks of one job array at most, below the cluster's MaxArraySize; 1000.", valueName: "n"))
  var maxArray: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Tasks of an array that run at once; all without it.", valueName: "n"))
  var maxParallel: String?

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "An option for sbatch, such as --time=2:00:00; may be repeated.", valueName: "option"))
  var sbatch: [String] = []

  /// The options as values.
  func parsed() throws -> SlurmArray {
    func count(_ text: String?, _ option: String, most: Int) throws -> Int? {
      try text.map { try Arguments.count($0, option, in: 1...most) }
    }
    return try SlurmArray(
      trialsPerTask: try count(chunk, "--chunk", most: 1_000_000) ?? 1,
      tasksPerArray: try count(maxArray, "--max-array", most: 4_000_000) ?? 1000,
      tasksAtOnce: try count(maxParallel, "--max-parallel", most: 4_000_000), options: sbatch)
  }
}
