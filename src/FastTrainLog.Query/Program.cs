using FastTrainLog.Query;
using FastTrainLog.Tool;

StandardOutput.NoticeReadersEnd();
return QueryCommandLine.Run(args, Console.In, Console.Out, Console.Error);
