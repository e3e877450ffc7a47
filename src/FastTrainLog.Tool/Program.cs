using FastTrainLog.Tool;

StandardOutput.NoticeReadersEnd();
return CommandLine.Run(args, Console.Out, Console.Error);
