package sandbox

func priorityRoutes() []route {
	return []route{{pattern: "GET /priorities", query: classicPaging, handle: func(c *call) answer {
		return page(c, "priorities", c.priorities, (*priority).object)
	}}}
}
