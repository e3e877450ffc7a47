FastTrainLog.Benchmarks.Numbers.NumbersBenchmark.Run();
