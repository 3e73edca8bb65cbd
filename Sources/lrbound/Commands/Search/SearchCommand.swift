import ArgumentParser
import Schedules

/// `lrbound search`: the best shape of each family on a workload.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "The best shape of a schedule, family by family, on a workload.",
    usage: """
      lrbound search [<families> ...] [<options>], see lrbound search run --help
      lrbound search <subcommand>
      """,
    discussion: """
        lrbound search --shapes 300
        lrbound search tps cos-gen --workload logistic --steps 500 --state found
        lrbound search rex-gen --start aligned --check --project

      Every shape is tried at every base learning rate of a grid; its score is the least median loss over \
      seeds. The best of each family are looked at again on fresh seeds, at base learning rates refined around \
      the best.

      Families, all but snm with a warmup: con (constant), cos-std (cosine), cos-gen (cosine to a power), cos-y (cosine \
      to a floor), sqrt-decay (a root of a circle), rex-gen (REX), tpl and tps (lines and splines through two \
      points), tps-y (to a floor), snm (a spline that may rise again). Without one, the eight of \
      2603.10301: all but cos-y and tps-y.

      Workloads: linear regression by its expected-loss recursion (linear), exactly for one kernel \
      (linear-exact) or by SGD itself (linear-sgd); logistic regression by SGD on 569 diagnoses (logistic) or \
      made-up points (logistic-synthetic); the theory model's excess loss (model); the last-iterate bound (bound).

      A training command of your own is searched with --command, here or, by search emit and search collect, \
      on Slurm. It finds its learning rates in {schedule_file} (CSV: step, multiplier, lr), and writes \
      result.json beside it: {"loss": 3.21, "status": "ok"}, or the status diverged or failed.

        lrbound search tps --steps 500 --grid 1e-3,1e-1,5 --state mine --jobs 2 \\
          --command 'python train.py {base_lr} {schedule_file} {seed}'

      The base LR goes with a schedule whose peak is 1, as lrbound schedule prints it. A search that was \
      stopped, or killed, goes on with the same command where --state keeps its trials.
      """,
    subcommands: [SearchRunCommand.self, SearchEmitCommand.self, SearchCollectCommand.self],
    defaultSubcommand: SearchRunCommand.self)
}
