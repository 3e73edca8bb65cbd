import Schedules
import Support

/// How trials are handed to Slurm: as job arrays, several trials a task where there are many.
public struct SlurmArray: Equatable, Sendable {
  /// Trials that one task runs, one after the other.
  public let trialsPerTask: Int

  /// Tasks of one array at most; Slurm's own limit, MaxArraySize, is 1001 unless configured otherwise, and one
  /// more than the last index.
  public let tasksPerArray: Int

  /// Tasks of an array that run at once; nil for as many as Slurm lets.
  public let tasksAtOnce: Int?

  /// Further options for sbatch, such as `--time=2:00:00`, one a line of the script.
  public let options: [String]

  /// A way to hand trials over.
  ///
  /// - Parameters:
  ///   - trialsPerTask: at least 1.
  ///   - tasksPerArray: at least 1.
  ///   - tasksAtOnce: at least 1; nil for as many as Slurm lets.
  ///   - options: options for sbatch, each of one line that begins with a hyphen.
  /// - Throws: ``WorkloadError`` for an unknown option.
  /// - Complexity: O(length of the options).
  public init(
    trialsPerTask: Int = 1, tasksPerArray: Int = 1000, tasksAtOnce: Int? = nil,
    options: [String] = []
  ) throws(WorkloadError) {
    precondition(trialsPerTask > 0 && tasksPerArray > 0 && tasksAtOnce ?? 1 > 0, "at least one")
    for option in options where !option.hasPrefix("-") || option.contains(where: \.isNewline) {
      throw WorkloadError(
        description:
          "the option '\(printable(option))' for sbatch is none; give it as in --time=2:00:00")
    }
    self.trialsPerTask = trialsPerTask
    self.tasksPerArray = tasksPerArray
    self.tasksAtOnce = tasksAtOnce
    self.options = options
  }

  /// The batch scripts for a number of trials.
  ///
  /// - Parameters:
  ///   - count: the number of lines of `trials.txt`, at least 1.
  ///   - state: the absolute path of the state folder.
  ///   - folder: the absolute path of the folder that holds `trials.txt` and gets the tasks' logs.
  ///   - timeLimitSeconds: how long a trial may take; nil for any time.
  /// - Returns: one script an array.
  /// - Complexity: O(count / tasksPerArray).
  func scripts(count: Int, state: String, folder: String, timeLimitSeconds: Int?) -> [String] {
    let tasks = (count + trialsPerTask - 1) / trialsPerTask
    return stride(from: 0, to: tasks, by: tasksPerArray).map { firstTask in
      let last = min(tasksPerArray, tasks - firstTask) - 1
      let limit = tasksAtOnce.map { "%\($0)" } ?? ""
      // In a file name % begins a pattern.
      let log = folder.split(separator: "%", omittingEmptySubsequences: false)
        .joined(separator: "%%")
      let directives =
        [
          "--job-name=lrbound", "--array=0-\(last)\(limit)", "--output=\"\(log)/task-%A-%a.log\"",
          "--requeue",
        ] + options
      return """
        #!/bin/bash
        \(directives.map { "#SBATCH \($0)" }.joined(separator: "\n"))

        state=\(shellQuoted(state))
        first=$(((SLURM_ARRAY_TASK_ID + \(firstTask)) * \(trialsPerTask) + 1))
        last=$((first + \(trialsPerTask - 1)))
        sed -n "${first},${last}p" \(shellQuoted(folder))/trials.txt | while read -r trial; do
          bash "$state/run-trial.sh" "$state/trials/$trial" \(timeLimitSeconds ?? 0)
        done
        # What became of the trials is in their folders.
        exit 0

        """
    }
  }
}
